import { type ChildProcess, spawn } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { GuestCommand } from '../../../src/core/ports/guest-shell.ts';
import { guestCommandLine } from '../../../src/core/ssh/guest-command-line.ts';
import { signalCommandLine } from '../../../src/core/ssh/signal-script.ts';
import { type StartMark, startMarkFilter } from '../../../src/core/ssh/start-mark.ts';
import { ensureProgram } from '../../support/ensure-sshd.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { processesWith } from './real-server.ts';

const token = '0123456789abcdef';

/** What sshd does: `$SHELL -c LINE`, in a session of its own; here with `sh` being the shell under test. */
describe.each(['dash', 'bash', 'busybox'] as const)('the command line in a guest whose shell is %s', (kind) => {
  let shell: readonly string[];
  beforeAll(() => {
    shell = kind === 'busybox' ? [ensureProgram('busybox'), 'sh'] : [`/bin/${kind}`];
  });

  const environment = async (): Promise<NodeJS.ProcessEnv> => {
    const directory = await temporaryDirectory();
    await symlink(shell[0] ?? '', join(directory, 'sh'));
    return { PATH: `${directory}:${process.env['PATH']}`, SHELL: join(directory, 'sh'), HOME: directory };
  };
  const begin = async (line: string): Promise<ChildProcess> =>
    spawn(shell[0] ?? '', [...shell.slice(1), '-c', line], { env: await environment(), detached: true });
  const outcome = (
    child: ChildProcess,
  ): Promise<{ code: number | null; signal: string | null; stdout: Buffer; stderr: Buffer }> =>
    new Promise((resolve) => {
      const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
      child.stdout?.on('data', (chunk: Buffer) => stdout.push(chunk));
      child.stderr?.on('data', (chunk: Buffer) => stderr.push(chunk));
      child.on('close', (code, signal) =>
        resolve({ code, signal, stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) }),
      );
    });
  const run = async (command: GuestCommand) => {
    const result = await outcome(await begin(guestCommandLine(command, token, 'me')));
    const filter = startMarkFilter(token, () => {});
    return {
      ...result,
      stdout: result.stdout.toString(),
      stderr: Buffer.from(filter.push(result.stderr)).toString(),
      mark: filter.mark,
    };
  };
  const signal = async (mark: StartMark, mode: 'once' | 'end', name = 'TERM') =>
    (
      await outcome(await begin(signalCommandLine({ mark, mode, signal: name, graceMs: 1000, asUser: undefined })))
    ).stdout
      .toString()
      .trim();
  const started = (child: ChildProcess): Promise<StartMark> =>
    new Promise((resolve) => {
      const filter = startMarkFilter(token, resolve);
      child.stderr?.on('data', (chunk: Buffer) => filter.push(chunk));
    });

  it('marks the start, and becomes the command', async () => {
    const { code, stdout, stderr, mark } = await run({ command: ['sh', '-c', 'echo $$; echo err >&2; exit 42'] });
    expect([code, stderr]).toEqual([42, 'err\n']);
    expect(mark).toMatchObject({ pid: Number(stdout), session: Number(stdout) });
    expect(mark?.startTime).toMatch(/^\d+$/);
    expect((await run({ command: 'kill -INT $$' })).signal).toBe('SIGINT');
    expect(await run({ command: 'echo "$A$PWD"', env: { A: "it's " }, workdir: '/usr' })).toMatchObject({
      stdout: "it's /usr\n",
      stderr: '',
    });
    expect((await run({ command: ['true'], workdir: '/none' })).code).toBe(126);
  });

  it('passes any words unharmed', async () => {
    const word = fc.string({ unit: 'binary', maxLength: 30 }).filter((text) => !/[\0\ud800-\udfff]/.test(text));
    await fc.assert(
      fc.asyncProperty(fc.array(word, { minLength: 1, maxLength: 6 }), word, async (words, value) => {
        const { stdout } = await run({ command: ['env', 'printf', '%s\\0', ...words, value], env: { SOME: value } });
        expect(stdout.split('\0').slice(0, -1)).toEqual([...words, value]);
      }),
      { numRuns: 40, seed: 7 },
    );
  });

  it('ends a whole command: TERM for what heeds it, KILL for the rest, job control and orphans included', async () => {
    const gentle = await begin(
      guestCommandLine(
        { command: `(sleep 600 & sleep 601 &) ; sleep 602; : gentle-${process.pid}-${kind}` },
        token,
        'me',
      ),
    );
    const gentleEnd = outcome(gentle);
    expect(await signal(await started(gentle), 'end')).toBe('term');
    expect((await gentleEnd).code === 0).toBe(false);

    const word = `stubborn-${process.pid}-${kind}`;
    const script = `set -m; trap "" TERM; (trap "" TERM; while :; do sleep 1; : ${word}; done) & while :; do sleep 1; done`;
    const stubborn = await begin(guestCommandLine({ command: ['bash', '-c', script, word] }, token, 'me'));
    const stubbornEnd = outcome(stubborn);
    const mark = await started(stubborn);
    expect(await signal(mark, 'end')).toBe('kill');
    await stubbornEnd;
    expect(await processesWith(word)).toEqual([]);
    expect(await signal(mark, 'end')).toBe('gone');
  });

  it('never signals a process that only has the same pid now', async () => {
    const child = await begin(guestCommandLine({ command: ['sleep', '60'] }, token, 'me'));
    const ended = outcome(child);
    const mark = await started(child);
    expect(await signal({ pid: mark.pid, session: undefined, startTime: '1' }, 'end')).toBe('gone');
    expect(child.exitCode).toBe(null);
    expect(await signal({ pid: mark.pid, session: undefined, startTime: mark.startTime }, 'once', 'INT')).toMatch(
      /^sent \d+/,
    );
    expect((await ended).signal).toBe('SIGINT');
  });
});
