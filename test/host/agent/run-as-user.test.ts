import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { guestExecArguments, refusalIn } from '../../../src/core/agent/agent-command.ts';
import type { GuestCommand } from '../../../src/core/ports/guest-shell.ts';
import { ensureProgram } from '../../support/ensure-sshd.ts';

const directory = mkdtempSync(join(tmpdir(), 'as-user-'));
afterAll(() => rmSync(directory, { recursive: true }));

let runs = 0;

/** What the guest agent would start, in this shell, here. */
function run(shell: readonly string[], command: GuestCommand, loginUser = 'nobody') {
  runs += 1;
  const base = join(directory, `run-${runs}`);
  const { path, arg, env } = guestExecArguments(command, { base, token: 'abc', loginUser });
  const [program = '', ...rest] = shell;
  const words = arg[0] === 'sh' ? [program, ...rest, ...arg.slice(1)] : arg;
  const [name, ...value] = (env[0] ?? '').split('=');
  const done = spawnSync(path, words, { env: { [name ?? '']: value.join('=') }, stdio: 'ignore' });
  const read = (ending: string) => readFileSync(`${base}.${ending}`);
  return { code: done.status, signal: done.signal, out: read('out').toString(), err: read('err') };
}

describe.skipIf(process.getuid?.() !== 0).each([
  ['dash', ['dash']],
  ['bash as sh', ['bash', '--posix']],
  ['busybox', [ensureProgram('busybox'), 'sh']],
] as const)('the script that becomes a user, in %s (by root: it changes the user)', (_, shell) => {
  it('is that user, in the user’s home or in /, with a login environment and nothing else', () => {
    const { code, out } = run(shell, { command: ['sh', '-c', 'id -un; id -gn; pwd; umask; env | sort'] });
    expect(code).toBe(0);
    const [user, group, place, umask, ...env] = out.trimEnd().split('\n');
    expect([user, group, place, umask]).toEqual(['nobody', 'nogroup', '/', '0022']);
    const names = env.map((line) => line.split('=')[0]);
    for (const name of ['HOME', 'USER', 'LOGNAME', 'SHELL', 'PATH']) expect(names).toContain(name);
    expect(
      names.filter((name) => !/^(HOME|USER|LOGNAME|SHELL|PATH|PWD|OLDPWD|_|SHLVL|LANG|LC_\w+)$/.test(name ?? '')),
    ).toEqual([]);
  });

  it('is root without another process between', () => {
    const { code, out } = run(shell, { command: ['sh', '-c', 'id -un; pwd; echo $HOME'], asUser: 'root' });
    expect({ code, out }).toEqual({ code: 0, out: 'root\n/root\n/root\n' });
  });

  it('hands every word on as it is', () => {
    const words = ['a b', '', "it's", '$HOME', '*', '-c', '--', 'x=y', '\u00e9\n'];
    expect(run(shell, { command: ['printf', '<%s>', ...words] }).out).toBe(words.map((word) => `<${word}>`).join(''));
    expect(run(shell, { command: ['printf', '<%s>', ...words], workdir: '/usr' }).out).toContain('<-c><-->');
    expect(run(shell, { command: ['sh', '-c', 'echo "$A"'], env: { A: "x 'y" } }).out).toBe("x 'y\n");
  });

  it('ends as a shell does: no program 127, no folder 126, the command’s own code and signal', () => {
    expect(run(shell, { command: ['no-such-program'] }).code).toBe(127);
    expect(run(shell, { command: ['true'], workdir: '/nowhere' }).code).toBe(126);
    expect(run(shell, { command: ['pwd'], workdir: '/root' })).toMatchObject({ code: 126, out: '' });
    expect(run(shell, { command: ['sh', '-c', 'exit 9'] }).code).toBe(9);
    expect(run(shell, { command: ['sh', '-c', 'kill -9 $$'] }).signal).toBe('SIGKILL');
  });

  it('keeps output and errors apart', () => {
    const { out, err } = run(shell, { command: ['sh', '-c', 'echo out; echo err >&2'] });
    expect([out, err.toString()]).toEqual(['out\n', 'err\n']);
  });

  it('says with its token that there is no such user', () => {
    const { code, err } = run(shell, { command: ['true'], asUser: 'nobody-here' });
    expect(code).toBe(125);
    expect(refusalIn(err, 'abc')).toBe('the guest has no user nobody-here');
    expect(refusalIn(err, 'abd')).toBeUndefined();
  });
});
