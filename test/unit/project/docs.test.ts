import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { optionsOf } from '../../../src/cli/build-program.ts';
import { globalOptions } from '../../../src/cli/command-spec.ts';
import { parseArgv } from '../../../src/cli/parse-argv.ts';
import { allCommands } from '../../../src/commands/all-commands.ts';
import { cliCalls, codeOf, shellWords } from './documented-commands.ts';
import { listFiles, projectRoot } from './source-tree.ts';

const read = (path: string) => readFileSync(join(projectRoot, path), 'utf8');
const pages = [
  'README.md',
  'ARCHITECTURE.md',
  'CONTRIBUTING.md',
  'SECURITY.md',
  'CHANGELOG.md',
  ...listFiles('docs', /\.md$/),
];
const written = pages.filter((page) => !page.startsWith('docs/reference/'));
const scripts = Object.keys((JSON.parse(read('package.json')) as { scripts: Record<string, string> }).scripts);
const quiet = { writeOut: () => {}, writeErr: () => {} };
const parse = (argv: readonly string[]) => parseArgv(allCommands, argv, quiet, () => {});

const flagNames = (flags: string) => [...flags.matchAll(/--[a-z][a-z-]*/g)].map(([flag]) => flag);

describe('what can be typed', () => {
  it('is read out of code, not out of prose', async () => {
    expect(codeOf('say `a b`\n```sh\n$ sysmonvm up  # x\n```\nand `c`')).toEqual(['$ sysmonvm up  # x', 'a b', 'c']);
    expect(codeOf('```console\n$ a\nb\n```')).toEqual(['$ a']);
    expect(shellWords("a 'b > c' > d")).toEqual(['a', 'b > c']);
    expect(shellWords("a 'b; c'; d")).toEqual(['a', 'b; c']);
    expect(shellWords("exec a -- sh -c 'x; y' # z")).toEqual(['exec', 'a', '--', 'sh', '-c', 'x; y']);
    expect(cliCalls('sysmonvm vm-create && X=1 sysmonvm vm-start --daemon')).toEqual([
      ['vm-create'],
      ['vm-start', '--daemon'],
    ]);
    await expect(parse(['vm-create', '--no-such-flag'])).rejects.toThrow();
    await expect(parse(['no-such-command'])).rejects.toThrow();
  });

  const calls = written.flatMap((page) =>
    codeOf(read(page)).flatMap((code) => cliCalls(code).map((argv) => ({ page, argv }))),
  );

  it('is found at all', () => expect(calls.length).toBeGreaterThan(20));

  it.each(calls.map(({ page, argv }) => [page, argv.join(' '), argv] as const))(
    '%s: sysmonvm %s is accepted by the parser',
    async (_page, _line, argv) => {
      const parsed = await parse(argv);
      expect(parsed.kind).toBe('command');
    },
  );

  it('every flag named alone belongs to some command', async () => {
    const known = new Set([
      '--help',
      '--version',
      '--list',
      '--norc',
      ...globalOptions.flatMap(({ flags }) => flagNames(flags)),
    ]);
    for (const entry of allCommands)
      for (const { flags } of await optionsOf(await entry.load())) for (const name of flagNames(flags)) known.add(name);
    const named = written.flatMap((page) =>
      codeOf(read(page)).flatMap((code) =>
        code.startsWith('--') ? flagNames(code).map((flag) => ({ page, flag })) : [],
      ),
    );
    expect(named.length).toBeGreaterThan(5);
    expect(named.filter(({ flag }) => !known.has(flag))).toEqual([]);
  });

  it('every npm script exists', () => {
    const builtin = new Set(['ci', 'pack', 'install', 'test']);
    const lines = [
      ...written.flatMap((page) => codeOf(read(page))),
      ...read('.github/workflows/ci.yml').split('\n'),
      ...read('Makefile').split('\n'),
    ];
    const named = lines.flatMap((line) =>
      [...line.matchAll(/(?:^|run: |&& |\t)npm (?:run )?([a-z][a-z0-9:-]*)/g)].map(([, name]) => name ?? ''),
    );
    expect(named).toContain('quickstart');
    expect(named.filter((name) => !scripts.includes(name) && !builtin.has(name))).toEqual([]);
  });

  it('the steps of the quickstart are accepted by the parser', async () => {
    const steps = [...read('scripts/quickstart.mjs').matchAll(/args: \[([^\]]*)\]/g)].map(([, list]) =>
      (list ?? '')
        .split(', ')
        .map((word) => (word === 'vm' || word === 'image' ? 'debian-12' : word.replaceAll("'", ''))),
    );
    expect(steps.length).toBe(10);
    for (const argv of steps) expect((await parse(argv)).kind).toBe('command');
  });
});

describe('README', () => {
  const table = read('README.md')
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .flatMap((line) => [...(line.split('|')[2] ?? '').matchAll(/`([^`]+)`/g)].map(([, name]) => name));

  it('lists every command, and none that does not exist', () => {
    expect([...table].sort()).toEqual(allCommands.map(({ name }) => name).sort());
  });
});

describe('links', () => {
  it.each(written)('%s leads to files that exist', (page) => {
    const targets = [...read(page).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)]
      .map(([, target]) => target ?? '')
      .filter((target) => !/^[a-z]+:/.test(target));
    expect(targets.filter((target) => !existsSync(join(projectRoot, dirname(page), target)))).toEqual([]);
  });

  it.each(written)('%s names paths that exist', (page) => {
    const paths = codeOf(read(page))
      .filter((code) =>
        /^(src|test|scripts|bench|docs|templates|\.ci|\.github|core|app|host|cli)\/[\w./-]*\w$/.test(code),
      )
      .filter((code) => code !== 'docs/reference');
    const places = (path: string) => [path, `src/${path}`, `src/${path}.ts`];
    expect(paths.filter((path) => !places(path).some((place) => existsSync(join(projectRoot, place))))).toEqual([]);
  });
});
