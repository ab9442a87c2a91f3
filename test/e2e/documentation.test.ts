import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allCommands } from '../../src/commands/all-commands.ts';
import { blocksOf } from '../support/documented-blocks.ts';
import { type Place, runDocumented } from '../support/documented-run.ts';
import { Workbench } from '../support/workbench.ts';
import { cliCalls } from '../unit/project/documented-commands.ts';
import { listFiles, projectRoot } from '../unit/project/source-tree.ts';

/** In the order of a reader: the README installs the program, the last page takes everything down. */
const last = 'docs/ci.md';
const others = listFiles('docs', /\.md$/).filter((page) => page !== last && !/reference|decisions/.test(page));
const pages = ['README.md', ...others, last].map((name) => {
  const text = readFileSync(join(projectRoot, name), 'utf8');
  return { name, text, blocks: blocksOf(text) };
});
const run = pages.flatMap(({ blocks }) =>
  blocks.filter(({ reason }) => reason === undefined).flatMap(({ commands }) => commands),
);
/** The tour says its sizes itself; elsewhere the defaults of the program are replaced by those of a small guest. */
const small = { SYSMONVM_IMAGE: 'tiny', SYSMONVM_CPUS: '1', SYSMONVM_MEMORY: '256M', SYSMONVM_DISK: '2G' };

let bench: Workbench;
let place: Place;

/** `uninstall` is run as well, so the cache is a copy that holds the small image only. */
async function copyImage(cache: string): Promise<void> {
  const { image } = await bench.json<{ image: { path: string } }>(['fetch-image', '--image', 'tiny']);
  const images = dirname(dirname(dirname(image.path)));
  for (const part of [relative(images, dirname(image.path)), 'local'])
    cpSync(join(images, part), join(cache, 'sysmonvm/images', part), { recursive: true });
}

/** What `npm pack` needs of a checkout, without what it has in node_modules. */
function copyCheckout(folder: string): void {
  const { files } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as { files: string[] };
  const parts = files.filter((file) => !/[!*]/.test(file));
  for (const part of [...parts, 'package.json', 'README.md', 'LICENSE', 'docs'])
    cpSync(join(projectRoot, part), join(folder, part), { recursive: true });
}

beforeAll(async () => {
  bench = await Workbench.make();
  const cache = join(bench.root, 'cache');
  const cwd = join(bench.root, 'project');
  await copyImage(cache);
  copyCheckout(cwd);
  mkdirSync(join(bench.root, 'tmp'));
  writeFileSync(
    join(cwd, 'build.sh'),
    '#!/bin/sh\nset -eu\ncd "$(dirname "$0")"\nmkdir -p dist\nuname -s >dist/result\n',
    { mode: 0o755 },
  );
  place = {
    cwd,
    env: {
      ...bench.env,
      PATH: `${join(bench.root, 'npm/bin')}:${bench.env['PATH']}`,
      XDG_CACHE_HOME: cache,
      RUNNER_TEMP: join(bench.root, 'tmp'),
      npm_config_prefix: join(bench.root, 'npm'),
      npm_config_cache: join(bench.root, 'npm-cache'),
      npm_config_offline: 'true',
      npm_config_update_notifier: 'false',
    },
  };
}, 300_000);
afterAll(() => bench.dispose());

describe.each(pages)('$name', ({ name, blocks, text }) => {
  it('has only blocks that are run, or that say why not', () => {
    const silent = blocks.filter(({ reason, commands }) => reason === undefined && commands.length === 0);
    expect(silent.map(({ line, language }) => `${name}:${line} ${language}`)).toEqual([]);
  });

  it('names no command with flags that is run on no page, unless it says why', () => {
    const calls = run.flatMap(({ command }) => cliCalls(command));
    const covered = (argv: readonly string[]) =>
      calls.some((call) => commandOf(call) === commandOf(argv) && flagsOf(argv).every((flag) => call.includes(flag)));
    const named = text
      .replaceAll(/^```\w*\n[\s\S]*?^```/gm, '')
      .split('\n')
      .filter((line) => !/not run by the tests: /i.test(line))
      .flatMap((line) => [...line.matchAll(/`(sysmonvm [^`]+)`/g)].flatMap(([, code]) => cliCalls(code ?? '')));
    expect(named.filter((argv) => !covered(argv))).toEqual([]);
  });
});

const withCommands = pages
  .map(({ name, blocks }) => ({ name, commands: blocks.flatMap(({ reason, commands }) => (reason ? [] : commands)) }))
  .filter(({ commands }) => commands.length > 0);

describe.each(withCommands)('$name, run', ({ name, commands }) => {
  it('does what it shows, and leaves no VM [R-15] [R-66] [R-96] [R-101] [R-102] [R-105]', async () => {
    const env = name === 'docs/tour.md' ? place.env : { ...place.env, ...small };
    const different: string[] = [];
    for (const documented of commands)
      await runDocumented(documented, { ...place, env }).catch((error: Error) => different.push(error.message));
    if (different.length > 0) throw new Error(different.join('\n\n'));
    expect(await bench.leftovers()).toEqual([]);
  });
});

describe('all pages together', () => {
  it('run every command', () => {
    const used = new Set(run.flatMap(({ command }) => cliCalls(command)).map(commandOf));
    expect(allCommands.map(({ name }) => name).filter((name) => !used.has(name))).toEqual([]);
  });

  it('run the program that npm installed, and at the end nothing of it is left but what npm put there', () => {
    expect(existsSync(join(bench.root, 'npm/bin/sysmonvm'))).toBe(true);
    expect(existsSync(join(bench.root, 'cache/sysmonvm'))).toBe(false);
    expect(readdirSync(bench.workspace)).toEqual([]);
  });
});

const commandOf = (argv: readonly string[]): string =>
  allCommands.find(({ name }) => name === argv.slice(0, name.split(' ').length).join(' '))?.name ?? argv.join(' ');
const flagsOf = (argv: readonly string[]): readonly string[] => argv.filter((word) => word.startsWith('--'));
