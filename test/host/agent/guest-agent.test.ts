import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Deadline } from '../../../src/core/deadline.ts';
import { createGuestAgents } from '../../../src/host/agent/guest-agent.ts';
import { systemClock } from '../../../src/host/process/system-clock.ts';
import { ensureProgram } from '../../support/ensure-sshd.ts';
import { until } from '../../support/workbench.ts';

const caught = (promise: Promise<unknown>): Promise<Error> =>
  promise.then(
    () => Promise.reject(new Error('did not fail')),
    (error: Error) => error,
  );
const agents = createGuestAgents(systemClock);
const within = (ms: number, signal = new AbortController().signal): Deadline => ({
  at: Date.now() + ms,
  signal,
  attempts: [],
});

describe('the client of a real qemu-ga', () => {
  let directory: string;
  let socket: string;
  let agent: ChildProcess;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ga-'));
    socket = join(directory, 'agent');
    agent = spawn(
      ensureProgram('qemu-ga'),
      ['-m', 'unix-listen', '-p', socket, '-t', directory, '-r', '-b', 'guest-fstrim'],
      {
        stdio: 'ignore',
      },
    );
  });
  afterAll(async () => {
    agent.kill();
    await rm(directory, { recursive: true, force: true });
  });

  it('waits for its socket, synchronises, and pairs several questions with their answers', async () => {
    const session = await agents.connect(socket, within(10_000));
    const answers = await Promise.all([
      session.execute('guest-ping'),
      session.execute<{ 'host-name': string }>('guest-get-host-name'),
      session.execute<{ version: string }>('guest-info'),
    ]);
    expect(answers[0]).toEqual({});
    expect(answers[1]['host-name']).not.toBe('');
    expect(answers[2].version).toMatch(/^\d/);
    session.close();
  });

  it('gets rid of what an earlier client left: half a question, and answers that nobody took', async () => {
    const earlier = connect(socket);
    await new Promise((resolve) => earlier.once('connect', resolve));
    earlier.write('{"execute":"guest-info"}\n{"execute":"guest-info"}\n{"execute": "guest-get-');
    await new Promise((resolve) => earlier.once('data', resolve));
    earlier.destroy();
    const session = await agents.connect(socket, within(10_000));
    expect(await session.execute('guest-ping')).toEqual({});
    session.close();
  });

  it('a second session waits for the first one, and says after its deadline that nobody answers', async () => {
    const first = await agents.connect(socket, within(10_000));
    const error = await caught(agents.connect(socket, within(300)));
    expect(error).toMatchObject({ code: 'agent.silent', next: ['Use `--via ssh`.'] });
    const second = agents.connect(socket, within(10_000));
    expect(await first.execute('guest-ping')).toEqual({});
    first.close();
    const session = await second;
    expect(await session.execute('guest-ping')).toEqual({});
    session.close();
  });

  it('tells a blocked command from one that failed', async () => {
    const session = await agents.connect(socket, within(10_000));
    const blocked = await caught(session.execute('guest-fstrim'));
    expect(blocked).toMatchObject({ code: 'agent.refused', details: { command: 'guest-fstrim', blocked: true } });
    const unknown = await caught(session.execute('guest-make-coffee'));
    expect(unknown).toMatchObject({ code: 'agent.refused', details: { blocked: true } });
    const failed = await caught(session.execute('guest-file-open', { path: '/nowhere/at/all', mode: 'r' }));
    expect(failed).toMatchObject({ code: 'agent.refused', details: { blocked: false } });
    expect(failed.message).toContain('/nowhere/at/all');
    session.close();
  });

  it('takes an answer of 5 MiB and a question of 16 MiB', async () => {
    const session = await agents.connect(socket, within(10_000));
    const outputOf = async (script: string, input?: Buffer): Promise<Buffer> => {
      const { pid } = await session.execute<{ pid: number }>(
        'guest-exec',
        {
          path: '/bin/sh',
          arg: ['-c', script],
          'capture-output': true,
          ...(input === undefined ? {} : { 'input-data': input.toString('base64') }),
        },
        { timeoutMs: 100_000 },
      );
      for (;;) {
        const status = await session.execute<{ exited: boolean; 'out-data'?: string }>('guest-exec-status', { pid });
        if (status.exited) return Buffer.from(status['out-data'] ?? '', 'base64');
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    };
    expect((await outputOf('wc -c', Buffer.alloc(16 * 1024 * 1024, 0xa5))).toString().trim()).toBe('16777216');
    expect((await outputOf('head -c 5242880 /dev/zero')).equals(Buffer.alloc(5_242_880))).toBe(true);
    session.close();
  });

  it('an aborted deadline ends a session and everything that waits in it', async () => {
    const controller = new AbortController();
    const session = await agents.connect(socket, within(10_000, controller.signal));
    const waiting = caught(session.execute('guest-ping'));
    controller.abort(new Error('enough'));
    expect((await waiting).message).toBe('enough');
    expect((await caught(session.execute('guest-ping'))).message).toBe('enough');
  });
});

describe('something else at the other end', () => {
  it('who closes at once is asked again until the deadline, and the last answer is told', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ga-'));
    const path = join(directory, 'agent');
    let asked = 0;
    const server = createServer((client) => {
      asked += 1;
      client.destroy();
    }).listen(path);
    await until('it listens', () => server.listening);
    const error = await caught(agents.connect(path, within(300)));
    expect(error).toMatchObject({ code: 'agent.silent' });
    expect(asked).toBeGreaterThan(1);
    server.close();
    await rm(directory, { recursive: true });
  });

  it('an attempt cut short by the deadline does not hide what the one before it was told', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ga-'));
    const path = join(directory, 'agent');
    const held: Socket[] = [];
    const server = createServer((client) => {
      if (held.push(client) === 1) client.destroy();
    }).listen(path);
    await until('it listens', () => server.listening);
    const error = await caught(agents.connect(path, within(300)));
    expect(held.length).toBeGreaterThan(1);
    expect(error.message).toMatch(/EPIPE|ECONNRESET|closed its socket/);
    for (const client of held) client.destroy();
    server.close();
    await rm(directory, { recursive: true });
  });

  it('what an agent took down with it that was started anew is asked again', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'ga-'));
    const socket = join(directory, 'agent');
    let clients = 0;
    const server = createServer((client) => {
      const lost = ++clients === 1;
      client.on('data', (chunk) => {
        const { arguments: args } = JSON.parse(chunk.toString('latin1').replace(/^\u00ff/, ''));
        if (!lost) client.write(Buffer.from(`\u00ff${JSON.stringify({ return: args.id })}\n`, 'latin1'));
      });
    });
    await new Promise<void>((resolve) => server.listen(socket, resolve));
    try {
      (await agents.connect(socket, within(20_000))).close();
      expect(clients).toBe(2);
    } finally {
      server.close();
      await rm(directory, { recursive: true, force: true });
    }
  });

  it('no socket at all is agent.silent too', async () => {
    const error = await caught(agents.connect('/nowhere/agent', within(100)));
    expect(error).toMatchObject({ code: 'agent.silent' });
    expect(error.message).toContain('ENOENT');
  });
});
