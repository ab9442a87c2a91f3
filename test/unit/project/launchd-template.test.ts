import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import mustache from 'mustache';
import { expect, it } from 'vitest';
import { parseArgv } from '../../../src/cli/parse-argv.ts';
import { allCommands } from '../../../src/commands/all-commands.ts';
import { projectRoot } from './source-tree.ts';

const template = readFileSync(join(projectRoot, 'templates/launchd/sysmonvm-vm.plist.mustache'), 'utf8');
const values = {
  vm: 'build',
  node: '/opt/node',
  cli: '/opt/sysmonvm/main.js',
  workspace: '/Users/a/Library/Application Support/R&D',
};

it('the launch agent starts one VM by a command that exists, and escapes XML', async () => {
  const plist = mustache.render(template, values);
  expect(plist).not.toMatch(/\{\{|&(?!amp;|lt;|gt;|quot;|#)/);
  const array = /<key>ProgramArguments<\/key>\s*<array>([\s\S]*?)<\/array>/.exec(plist)?.[1] ?? '';
  const words = [...array.matchAll(/<string>(.*?)<\/string>/g)].map(([, word]) =>
    (word ?? '').replaceAll('&amp;', '&').replaceAll('&#x2F;', '/'),
  );
  expect(words).toEqual([
    values.node,
    values.cli,
    'vm-start',
    'build',
    '--foreground',
    '--workspace',
    values.workspace,
  ]);
  const parsed = await parseArgv(allCommands, words.slice(2), { writeOut: () => {}, writeErr: () => {} }, () => {});
  expect(parsed.kind).toBe('command');
});

it('opens and closes every element', () => {
  const open: string[] = [];
  for (const [, closing, name, empty] of template.replace(/<[?!][^>]*>/g, '').matchAll(/<(\/?)(\w+)[^>]*?(\/?)>/g)) {
    if (empty === '/') continue;
    if (closing === '/') expect(open.pop()).toBe(name);
    else open.push(name ?? '');
  }
  expect(open).toEqual([]);
});
