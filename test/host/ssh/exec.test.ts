import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { PassThrough, Readable, Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type {
  GuestCommand,
  GuestCommandControl,
  GuestConnection,
  GuestExit,
} from '../../../src/core/ports/guest-shell.ts';
import { createGuestShell } from '../../../src/host/ssh/guest-shell.ts';
import { ensureProgram } from '../../support/ensure-sshd.ts';
import { processesWith, type RealServer, startServer, within } from './real-server.ts';

const shell = createGuestShell();
const withUsers = it.skipIf(process.getuid?.() !== 0);
const why = 'by root: else the server lives in a namespace that knows one user and no group tty';

class Sink extends Writable {
  readonly chunks: Buffer[] = [];
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }
  bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
  get text(): string {
    return this.bytes().toString();
  }
}

function mark(): string {
  return `mark-${randomBytes(6).toString('hex')}`;
}

async function prints(sink: Sink, text: string): Promise<void> {
  while (!sink.text.includes(text)) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function appears(text: string, count = 1): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await processesWith(text)).length >= count) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no process with ${text}`);
}

describe.each(['openssh', 'dropbear'] as const)('commands through a real %s server', (kind) => {
  let server: RealServer;
  let guest: GuestConnection;

  beforeAll(async () => {
    server = await startServer(kind);
    guest = await shell.connect(server.target, within(20_000));
  });
  afterAll(async () => {
    guest?.close();
    await server?.stop();
  });

  const run = async (
    command: GuestCommand,
    stdin?: Readable,
    ms = 30_000,
  ): Promise<GuestExit & { stdout: Sink; stderr: Sink }> => {
    const [stdout, stderr] = [new Sink(), new Sink()];
    const exit = await guest.exec(command, { stdout, stderr, ...(stdin && { stdin }) }, within(ms));
    return { ...exit, stdout, stderr };
  };

  it('gives back every exit code from 0 to 255 [R-43]', async () => {
    const codes = Array.from({ length: 256 }, (_, code) => code);
    const seen: number[] = [];
    for (const code of codes)
      seen.push(
        (await guest.exec({ command: `exit ${code}` }, { stdout: new Sink(), stderr: new Sink() }, within(10_000)))
          .exitCode,
      );
    expect(seen).toEqual(codes);
  });

  it('reports a signal as 128+N, for a string and for an argument vector', async () => {
    expect(await run({ command: 'kill -TERM $$' })).toMatchObject({ exitCode: 143, signal: 'SIGTERM' });
    expect(await run({ command: ['sh', '-c', 'kill -KILL $$'] })).toMatchObject({ exitCode: 137, signal: 'SIGKILL' });
  });

  it('keeps standard output and standard error apart and free of our own bytes', async () => {
    const { stdout, stderr } = await run({ command: 'printf out; printf err >&2; printf out2' });
    expect([stdout.text, stderr.text]).toEqual(['outout2', 'err']);
    const silent = await run({ command: ['true'] });
    expect([silent.stdout.text, silent.stderr.text]).toEqual(['', '']);
  });

  it('passes every argument as it is', async () => {
    const words = [
      'a b',
      "it's",
      '"',
      '$HOME',
      '`id`',
      '\\',
      '',
      '*',
      'line\nbreak',
      'ünï',
      '-n',
      '!',
      '~',
      '#x',
      'a=b',
      '\x1e',
      "'\\''",
    ];
    const { stdout } = await run({ command: ['printf', '%s\\0', ...words] });
    expect(stdout.text.split('\0').slice(0, -1)).toEqual(words);
  });

  it('sets environment and directory though the server refuses variables', async () => {
    const env = { GREETING: `it's "fine" $HOME\n2`, EMPTY: '', UID: '7' };
    const { stdout } = await run({
      command: 'printf "%s|%s|%s" "$GREETING" "$EMPTY" "$PWD"',
      env,
      workdir: '/usr/share',
    });
    expect(stdout.text).toBe(`${env.GREETING}||/usr/share`);
    expect((await run({ command: ['pwd'], workdir: server.directory })).stdout.text).toBe(`${server.directory}\n`);
    const missing = await run({ command: ['pwd'], workdir: '/not/there' });
    expect(missing.exitCode).toBe(126);
    expect(missing.stderr.text).toContain('/not/there');
  });

  it('ends with 127 for a program that is not there', async () => {
    const { exitCode, stderr } = await run({ command: ['no-such-program'] });
    expect(exitCode).toBe(127);
    expect(stderr.text).toContain('no-such-program');
  });

  it('carries 16 MiB of any bytes through standard input and output', async () => {
    const bytes = randomBytes(16 * 1024 * 1024);
    const digest = createHash('sha256').update(bytes).digest('hex');
    const there = await run({ command: ['sha256sum'] }, Readable.from([bytes]), 60_000);
    expect(there.stdout.text.split(' ')[0]).toBe(digest);
    const back = await run({ command: ['cat'] }, Readable.from([bytes]), 60_000);
    expect(createHash('sha256').update(back.stdout.bytes()).digest('hex')).toBe(digest);
  });

  it('does not read on when the command stops reading', async () => {
    const endless = new Readable({
      read(size) {
        this.push(Buffer.alloc(size));
      },
    });
    const { exitCode, stdout } = await run({ command: 'head -c 5 | wc -c' }, endless);
    expect([exitCode, stdout.text.trim()]).toEqual([0, '5']);
  });

  it('waits for a slow reader and keeps its memory bounded over 100 MB', async () => {
    const total = 100_000_000;
    let received = 0;
    let peak = 0;
    globalThis.gc?.();
    const before = process.memoryUsage().rss;
    const slow = new Writable({
      highWaterMark: 64 * 1024,
      write: (chunk: Buffer, _encoding, done) => {
        received += chunk.length;
        peak = Math.max(peak, process.memoryUsage().rss - before);
        setTimeout(done, received % 10 === 0 ? 1 : 0);
      },
    });
    const exit = await guest.exec(
      { command: `head -c ${total} /dev/zero` },
      { stdout: slow, stderr: new Sink() },
      within(110_000),
    );
    expect([exit.exitCode, received]).toEqual([0, total]);
    expect(peak).toBeLessThan(60 * 1024 * 1024);
  });

  it('refuses to collect more than 8 MiB and ends the command', async () => {
    const word = mark();
    await expect(guest.capture({ command: `: ${word}; yes; :` }, within(20_000))).rejects.toMatchObject({
      code: 'guest.output-too-large',
    });
    expect(await processesWith(word)).toEqual([]);
    expect(await guest.capture({ command: 'echo out; echo err >&2; exit 3' }, within(10_000))).toEqual({
      exitCode: 3,
      stdout: 'out\n',
      stderr: 'err\n',
    });
  });

  it('ends with TERM what heeds it when the deadline passes', async () => {
    const word = mark();
    const started = Date.now();
    const failure = await run({ command: `sleep 1000 & sh -c 'sleep 1001; : ${word}'; :` }, undefined, 500).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({
      code: 'guest.command-deadline',
      kind: 'deadline',
      message: expect.stringContaining('was ended with TERM'),
    });
    expect(Date.now() - started).toBeLessThan(3000);
    expect(await processesWith(word)).toEqual([]);
  });

  it('ends with KILL what ignores TERM, and leaves no process behind', async () => {
    const word = mark();
    const stubborn = `trap "" TERM; (trap "" TERM; while :; do sleep 1; : ${word}; done) & while :; do sleep 1; done`;
    const failure = await run({ command: ['sh', '-c', stubborn, word] }, undefined, 500).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'guest.command-deadline', message: expect.stringContaining('KILL') });
    expect(await processesWith(word)).toEqual([]);
    expect((await run({ command: ['echo', 'still here'] })).stdout.text).toBe('still here\n');
  });

  it('ends only the command that was aborted, and rejects with the reason', async () => {
    const [ended, other] = [mark(), mark()];
    const controller = new AbortController();
    const reason = new Error('Ctrl-C');
    const first = guest
      .exec(
        { command: `sleep 300; : ${ended}` },
        { stdout: new Sink(), stderr: new Sink() },
        within(60_000, controller.signal),
      )
      .catch((error: unknown) => error);
    const otherController = new AbortController();
    const second = guest
      .exec(
        { command: `sleep 300; : ${other}` },
        { stdout: new Sink(), stderr: new Sink() },
        within(60_000, otherController.signal),
      )
      .catch((error: unknown) => error);
    await Promise.all([appears(ended), appears(other)]);
    controller.abort(reason);
    expect(await first).toBe(reason);
    expect(await processesWith(ended)).toEqual([]);
    expect(await processesWith(other)).not.toEqual([]);
    otherController.abort(reason);
    await second;
    expect(await processesWith(other)).toEqual([]);
  });

  it('ends a command whose reader is gone or does not read', async () => {
    const word = mark();
    const gone = new Writable({
      write: (_chunk, _encoding, done) => done(Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })),
    });
    gone.on('error', () => {});
    await expect(
      guest.exec({ command: `yes; : ${word}` }, { stdout: gone, stderr: new Sink() }, within(20_000)),
    ).rejects.toMatchObject({ code: 'EPIPE' });
    const stuck = new Writable({ write: () => {} });
    await expect(
      guest.exec({ command: `yes; : ${word}` }, { stdout: stuck, stderr: new Sink() }, within(1000)),
    ).rejects.toMatchObject({ code: 'guest.command-deadline' });
    expect(await processesWith(word)).toEqual([]);
  });

  it('forwards signals to a running command', async () => {
    const stdout = new Sink();
    let control: GuestCommandControl | undefined;
    const running = guest.exec(
      { command: 'trap "echo int" INT; trap "echo usr; exit 9" USR1; echo up; while :; do sleep 0.1; done' },
      {
        stdout,
        stderr: new Sink(),
        onStarted: (given) => {
          control = given;
        },
      },
      within(30_000),
    );
    await Promise.race([running, prints(stdout, 'up')]);
    await control?.signal('SIGINT');
    await Promise.race([running, prints(stdout, 'int')]);
    await control?.signal('USR1');
    expect((await running).exitCode).toBe(9);
    await expect(control?.signal('NONSENSE')).rejects.toMatchObject({ code: 'usage.invalid-argument' });
  });

  withUsers(`gives a terminal of the size asked for, resizes it, and ends what runs in it (${why})`, async () => {
    const stdout = new Sink();
    const pty = { columns: 91, rows: 33, term: 'xterm-256color' };
    const stdin = new PassThrough();
    let control: GuestCommandControl | undefined;
    const running = guest.exec(
      { command: 'tty; echo $TERM; stty size; read line; stty size; exit 4', pty },
      {
        stdin,
        stdout,
        stderr: new Sink(),
        onStarted: (given) => {
          control = given;
        },
      },
      within(30_000),
    );
    await Promise.race([running, prints(stdout, '33 91')]);
    control?.resize(100, 40);
    stdin.write('go\n');
    expect((await running).exitCode).toBe(4);
    expect(stdout.text).toMatch(/^\/dev\/pts\/\d+\r\nxterm-256color\r\n33 91\r\ngo\r\n40 100\r\n$/);
    const word = mark();
    await expect(
      run({ command: `set -m; sleep 500 & sh -c 'sleep 501; : ${word}'; : ${word}`, pty }, undefined, 500),
    ).rejects.toMatchObject({ code: 'guest.command-deadline' });
    expect(await processesWith(word)).toEqual([]);
  });

  withUsers(`runs as another user in its home, and ends it too (${why})`, async () => {
    ensureProgram('sudo');
    execFileSync('sudo', ['-n', '-u', 'nobody', 'true']);
    const who = await run({
      command: 'id -un; echo "$GREETING"; pwd',
      asUser: 'nobody',
      env: { GREETING: 'hi there' },
      workdir: '/tmp',
    });
    expect([who.exitCode, who.stdout.text, who.stderr.text]).toEqual([0, 'nobody\nhi there\n/tmp\n', '']);
    const word = mark();
    await expect(
      run(
        { command: ['sh', '-c', `trap "" TERM; while :; do sleep 1; : ${word}; done`], asUser: 'nobody', workdir: '/' },
        undefined,
        800,
      ),
    ).rejects.toMatchObject({ code: 'guest.command-deadline' });
    expect(await processesWith(word)).toEqual([]);
    const refused = await run({ command: ['true'], asUser: 'no-such-user' }).catch((error: unknown) => error);
    expect(refused).toMatchObject({
      code: 'guest.command-not-started',
      message: expect.stringContaining('no-such-user'),
    });
  });
});
