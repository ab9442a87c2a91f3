import { describe, expect, it } from 'vitest';
import { findCommand, splitAtDashes } from '../../../src/cli/find-command.ts';
import { allCommands } from '../../../src/commands/all-commands.ts';
import { cli } from '../../support/run-cli.ts';
import { readyVm } from '../../support/snapshots.ts';

describe('finding the command', () => {
  it('takes two words when they spell one, and writes aliases out', () => {
    expect(findCommand(allCommands, ['vm-port', 'add', '80'])?.argv).toEqual(['vm-port', 'add', '80']);
    expect(findCommand(allCommands, ['--json', 'ls'])?.argv).toEqual(['--json', 'vm-list']);
    expect(findCommand(allCommands, ['--workspace', 'vm-list', 'rm', 'x'])?.argv).toEqual([
      '--workspace',
      'vm-list',
      'vm-destroy',
      'x',
    ]);
    expect(findCommand(allCommands, ['vm-port', 'bogus'])).toBeUndefined();
  });
  it('has no name or alias twice', () => {
    const names = allCommands.flatMap((entry) => [entry.name, ...(entry.aliases ?? [])]);
    expect(new Set(names).size).toBe(names.length);
  });
  it('cuts at the first --', () => {
    expect(splitAtDashes(['exec', '--', 'a', '--', 'b'])).toEqual({ own: ['exec'], guest: ['a', '--', 'b'] });
  });
});

describe('words that cannot be understood are exit 2 with a next step', () => {
  const cases: readonly (readonly [string[], RegExp])[] = [
    [['vm-strat'], /no command "vm-strat".*vm-start/],
    [['vm-port', 'ad'], /no command "vm-port ad".*vm-port add/],
    [['--bogus'], /unknown option '--bogus'/],
    [['vm-list', '--bogus'], /sysmonvm vm-list: unknown option '--bogus'/],
    [['exec', 'a', 'ls', '--', 'x'], /stands after `--`/],
    [['exec', 'a'], /needs a command for the guest/],
    [['vm-list', '--', 'x'], /takes nothing after/],
    [['vm-logs', 'a', '--source', 'bios'], /console, qemu, cloud-init, events/],
    [['vm-stop', 'a', '--timeout', 'soon'], /--timeout is "soon"; accepted is a duration/],
    [['vm-logs', 'a', '-n', '-3'], /--lines|-3/],
    [['vm-port', 'add', '99999', 'a'], /"99999" is not a port/],
    [['copy', 'a', 'b'], /One of the two must be in a guest/],
    [['copy', 'a:x', 'b:y'], /One of the two must be in a guest/],
    [['vm-start', 'a', '--daemon', '--foreground'], /exclude each other/],
    [['vm-set', 'a'], /Nothing to change/],
    [['completion', 'tcsh'], /bash, zsh, fish/],
    [['explain', 'guest.panik'], /guest\.panic/],
  ];
  it.each(cases)('%j', async (argv, message) => {
    const result = await cli(argv);
    expect(result.stderr).toMatch(/^error\[usage\.invalid-argument\]/);
    expect(result.stderr).toMatch(message);
    expect(result.code).toBe(argv[0] === 'exec' ? 255 : 2);
    expect(result.stdout).toBe('');
  });
  it('says so in JSON when --json was typed', async () => {
    const result = await cli(['vm-strat', '--json']);
    expect(JSON.parse(result.stderr)).toMatchObject({
      schemaVersion: 1,
      error: { code: 'usage.invalid-argument', kind: 'usage' },
    });
  });
});

describe('help and version', () => {
  it.each([[['--help']], [[]], [['help']]])('%j lists every command', async (argv) => {
    const result = await cli(argv);
    expect(result.code).toBe(0);
    for (const entry of allCommands) expect(result.stdout).toContain(entry.name);
  });
  it('shows one command with help before or after its name', async () => {
    const after = await cli(['vm-start', '--help']);
    expect(after.stdout).toContain('Usage: sysmonvm vm-start [NAME] [options]');
    expect((await cli(['help', 'vm-start'])).stdout).toBe(after.stdout);
    expect((await cli(['vm-start', '-h'])).stdout).toBe(after.stdout);
  });
  it('shows only a group for its word', async () => {
    const { stdout, code } = await cli(['vm-port']);
    expect(code).toBe(0);
    expect(stdout).toContain('vm-port remove');
    expect(stdout).not.toContain('vm-start');
  });
  it('prints the bare version', async () => {
    expect((await cli(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('options of every command', () => {
  it('work before and after the name', async () => {
    const engine = { list: async () => [readyVm()] };
    expect((await cli(['--json', 'vm-list'], { engine })).json()).toMatchObject({ schemaVersion: 1 });
    expect((await cli(['vm-list', '--json'], { engine })).json()).toMatchObject({ schemaVersion: 1 });
  });
  it('hand the workspace to the composition [R-123]', async () => {
    const seen: unknown[] = [];
    const engine = {
      list: async () => {
        seen.push('listed');
        return [];
      },
    };
    const result = await cli(['--workspace', '/other', 'vm-list', '-q'], { engine });
    expect(result).toMatchObject({ code: 0, stderr: '' });
    expect(seen).toEqual(['listed']);
  });
  it('do not swallow options of the guest’s command', async () => {
    const seen: unknown[] = [];
    const engine = {
      exec: async (name: string, command: unknown) => {
        seen.push(name, command);
        return { exitCode: 0 };
      },
    };
    await cli(['exec', 'build', '--', 'ls', '--json', '-v'], { engine });
    expect(seen).toEqual(['build', { command: ['ls', '--json', '-v'] }]);
  });
});
