import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { parseArgv } from '../../../src/cli/parse-argv.ts';
import { allCommands } from '../../../src/commands/all-commands.ts';
import { shellWords } from './documented-commands.ts';
import { projectRoot } from './source-tree.ts';

const targets: readonly (readonly [string, readonly string[]])[] = [
  ['host-setup', ['host-setup']],
  ['host-install', ['host-install']],
  ['host-uninstall', ['host-uninstall']],
  ['host-package', ['host-package']],
  ['fetch-image', ['fetch-image']],
  ['vm-create', ['vm-create']],
  ['vm-start', ['vm-start']],
  ['vm-start-daemon', ['vm-start', '--daemon']],
  ['vm-stop', ['vm-stop']],
  ['vm-status', ['vm-status']],
  ['vm-ssh', ['ssh']],
  ['vm-destroy', ['vm-destroy']],
  ['vm-bootstrap', ['vm-bootstrap']],
  ['build-checker', ['build-checker']],
  ['build-checker-darwin', ['build-checker', '--os', 'darwin', '--arch', 'arm64']],
  ['vm-install', ['vm-install']],
];

/** What make would run for the target itself; whether the build is due is not the question. */
function recipe(...args: string[]): string[] {
  const env = { PATH: process.env['PATH'] ?? '' };
  const lines = execFileSync('make', ['--no-print-directory', '-n', '-o', 'dist/cli/main.js', ...args], {
    cwd: projectRoot,
    env,
    encoding: 'utf8',
  });
  return lines
    .trim()
    .split('\n')
    .map((line) => line.trim());
}

describe('Makefile only delegates [R-124] [R-11]', () => {
  it.each(targets.flatMap(([name, argv]) => [[name, argv] as const, [`sysmonvm-${name}`, argv] as const]))(
    'make %s',
    async (target, argv) => {
      const [line, ...more] = recipe(target);
      expect(more).toEqual([]);
      expect(shellWords(line ?? '')).toEqual(['node', 'dist/cli/main.js', ...argv]);
      const parsed = await parseArgv(allCommands, argv, { writeOut: () => {}, writeErr: () => {} }, () => {});
      expect(parsed.kind).toBe('command');
    },
  );

  it('WORKSPACE= becomes --workspace, whatever characters it has [R-123]', () => {
    expect(recipe('vm-status', 'WORKSPACE=/a b/c')).toEqual(["node dist/cli/main.js vm-status --workspace '/a b/c'"]);
    const [line] = recipe('vm-status', "WORKSPACE=it's; $$(x)", 'SYSMONVM=printf "%s|"');
    expect(execFileSync('sh', ['-c', line ?? ''], { encoding: 'utf8' })).toBe("vm-status|--workspace|it's; $(x)|");
  });

  it('UPGRADE=0 leaves the packages of the guest as they are [R-48]', () => {
    expect(recipe('sysmonvm-vm-bootstrap', 'UPGRADE=0')).toEqual(['node dist/cli/main.js vm-bootstrap --no-upgrade']);
  });

  it('SERVICE=0 starts nothing in the guest [R-59]', () => {
    expect(recipe('sysmonvm-vm-install', 'SERVICE=0')).toEqual(['node dist/cli/main.js vm-install --skip-service']);
  });

  it('ARGS= is passed on', () => {
    expect(shellWords(recipe('sysmonvm-vm-ssh', 'ARGS=build -- uname -a')[0] ?? '')).toEqual([
      'node',
      'dist/cli/main.js',
      'ssh',
      'build',
      '--',
      'uname',
      '-a',
    ]);
  });

  it.each([
    [
      'perf-test',
      /^HARVEY_PERF_DIR='[^']+' LAST_RELEASE_TAG='v1' .* bash scripts\/perf-test\.sh node dist\/cli\/main\.js --/,
    ],
    ['minix-metrics', /^node dist\/cli\/main\.js bench boot .*--iso 'a\.iso' --arch 'i386' --iterations '1'/],
    ['minix-install', /^node dist\/cli\/main\.js bench boot .*--iso 'a\.iso' --arch 'i386'/],
  ])('make %s is one line [H-47] [M-62]', (target, line) => {
    const [only, ...more] = recipe(target, 'ISO=a.iso', 'LAST_RELEASE_TAG=v1');
    expect(more).toEqual([]);
    expect(only).toMatch(line);
  });

  it.each([
    ['build', 'node scripts/prepare.mjs'],
    ['check', 'npm run check'],
    ['test', 'npm test'],
    ['quickstart', 'npm run quickstart'],
  ])('make %s', (target, line) => {
    expect(recipe(target)).toEqual([line]);
  });
});
