import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { linuxIdentityReader, macIdentityReader } from '../../../src/host/process/process-identity.ts';
import { createProcessRunner } from '../../../src/host/process/process-runner.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const runner = createProcessRunner();
const started: ChildProcess[] = [];

async function start(path: string, args: readonly string[]): Promise<number> {
  const child = spawn(path, [...args], { stdio: ['ignore', 'pipe', 'ignore'] });
  started.push(child);
  await once(child, 'spawn');
  return child.pid ?? 0;
}

afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

describe('the identity of a process', () => {
  it('holds a start time and the boot; a later process with the pid is another one', async () => {
    const pid = await start('/bin/sleep', ['60']);
    const identity = await runner.identify(pid);
    expect(identity).toEqual({
      pid,
      startTime: expect.stringMatching(/^\d+$/),
      bootId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    if (identity === undefined) return;
    expect(await runner.isAlive(identity)).toBe(true);
    expect(await runner.isAlive({ ...identity, startTime: '1' })).toBe(false);
    expect(await runner.isAlive({ ...identity, bootId: 'before the reboot' })).toBe(false);
  });

  it.each(['a) S 9 (b', '(((', 'with space'])('a name like %s does not confuse it', async (name) => {
    const path = join(await temporaryDirectory(), name);
    await copyFile('/bin/sleep', path);
    const pid = await start(path, ['60']);
    expect(await runner.identify(pid)).toMatchObject({ pid, startTime: expect.stringMatching(/^\d{3,}$/) });
  });

  it('a zombie is not alive', async () => {
    // The shell becomes a sleep that never waits for the child it began with.
    const child = spawn('/bin/sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    started.push(child);
    const [text] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
    const pid = Number(text);
    const identity = await runner.identify(pid);
    expect(identity).toBeDefined();
    await expect.poll(() => runner.identify(pid), { timeout: 5_000 }).toBeUndefined();
    // Still in the table of processes, as a zombie.
    expect(() => process.kill(pid, 0)).not.toThrow();
    if (identity !== undefined) expect(await runner.kill(identity, 'SIGKILL')).toBe('gone');
  });

  it('a signal goes to the very process only', async () => {
    const pid = await start('/bin/sleep', ['60']);
    const identity = await runner.identify(pid);
    if (identity === undefined) throw new Error('it runs');
    expect(await runner.kill({ ...identity, startTime: '1' }, 'SIGKILL')).toBe('gone');
    expect(await runner.isAlive(identity)).toBe(true);
    expect(await runner.kill(identity, 'SIGTERM')).toBe('sent');
    await expect.poll(() => runner.isAlive(identity), { timeout: 5_000 }).toBe(false);
    expect(await runner.kill(identity, 'SIGTERM')).toBe('gone');
  });

  it('there is none for a pid that does not exist or is no pid', async () => {
    for (const pid of [0, -1, 1.5, Number.NaN, 2 ** 30]) expect(await runner.identify(pid)).toBeUndefined();
    expect((await linuxIdentityReader().identify(process.pid))?.pid).toBe(process.pid);
  });
});

describe('on macOS', () => {
  const calls: string[] = [];
  const reader = (answers: Readonly<Record<string, string | undefined>>) =>
    macIdentityReader(async (tool, args) => {
      const call = [tool, ...args].join(' ');
      calls.push(call);
      if (!(call in answers)) throw new Error(`not expected: ${call}`);
      return answers[call];
    });
  const boot = { '/usr/sbin/sysctl -n kern.bootsessionuuid': 'UUID-1\n' };

  it('asks ps and sysctl; a zombie and a missing process are not there', async () => {
    const mac = reader({
      ...boot,
      '/bin/ps -o state=,lstart= -p 7': 'Ss   Mon Nov 17 09:01:02 2025\n',
      '/bin/ps -o state=,lstart= -p 8': 'Z    Mon Nov 17 09:01:02 2025\n',
      '/bin/ps -o state=,lstart= -p 9': undefined,
    });
    expect(await mac.identify(7)).toEqual({ pid: 7, startTime: 'Mon Nov 17 09:01:02 2025', bootId: 'UUID-1' });
    expect(await mac.identify(8)).toBeUndefined();
    expect(await mac.identify(9)).toBeUndefined();
  });

  it('without the boot there is no identity, but an error', async () => {
    const mac = reader({ '/usr/sbin/sysctl -n kern.bootsessionuuid': undefined });
    await expect(mac.bootId()).rejects.toMatchObject({ code: 'host.tool-failed' });
  });
});
