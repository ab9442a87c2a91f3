import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { Server as SshServer } from 'ssh2';
import { afterEach, describe, expect, it } from 'vitest';
import type { SshTarget } from '../../../src/core/ports/guest-shell.ts';
import { knownHostsText } from '../../../src/core/ssh/known-hosts-text.ts';
import { createGuestShell } from '../../../src/host/ssh/guest-shell.ts';
import { generateKeyPair, writeKeyPair } from '../../../src/host/ssh/key-pair.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { freePort, processesWith, startServer, within } from './real-server.ts';

const shell = createGuestShell();
const never = new AbortController().signal;
const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

const sink = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

async function listen(server: Server | SshServer): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  open.push(() => server.close());
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return address.port;
}

async function rawServer(onSocket: (socket: Socket) => void): Promise<number> {
  return listen(
    createServer((socket) => {
      socket.on('error', () => {});
      open.push(() => socket.destroy());
      onSocket(socket);
    }),
  );
}

describe('one try for the banner', () => {
  it('gives the banner, also after other lines, and closes the socket', async () => {
    let closed = (): void => {};
    const gone = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const port = await rawServer((socket) => {
      socket.on('close', closed);
      socket.write('Welcome\r\nSSH-2.0-te');
      setTimeout(() => socket.write('st server\r\nmore'), 30);
    });
    expect(await shell.banner(port, 2000, never)).toBe('SSH-2.0-test server');
    await gone;
  });

  it('says that the connection was accepted and nothing came, as QEMU does it before the guest listens [R-47]', async () => {
    const port = await rawServer(() => {});
    const started = Date.now();
    await expect(shell.banner(port, 200, never)).rejects.toMatchObject({
      code: 'ssh.no-banner',
      message: 'connection accepted but no banner within 200 ms',
    });
    expect(Date.now() - started).toBeLessThan(1000);
  });

  it('names every other reason', async () => {
    const reason = (port: number): Promise<string> =>
      shell.banner(port, 300, never).then(
        () => 'a banner',
        (error: Error) => error.message,
      );
    expect(await reason(await freePort())).toBe('refused');
    expect(await reason(await rawServer((socket) => socket.end()))).toBe('closed at once');
    expect(await reason(await rawServer((socket) => socket.resetAndDestroy()))).toBe('closed at once');
    expect(await reason(await rawServer((socket) => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')))).toBe(
      'not an SSH server: "HTTP/1.1 400 Bad Request\\r\\n\\r\\n"',
    );
    expect(await reason(await rawServer((socket) => socket.write('220 ftp\r\n')))).toBe(
      'not an SSH server: "220 ftp\\r\\n"',
    );
    expect(await reason(await rawServer((socket) => socket.write('x'.repeat(100_000))))).toMatch(
      /^not an SSH server: "xxx/,
    );
    expect(await reason(await rawServer((socket) => socket.write('SSH-2.0-cut')))).toBe(
      'the banner was incomplete after 300 ms: "SSH-2.0-cut"',
    );
  });

  it('stops at once when it is cancelled', async () => {
    const port = await rawServer(() => {});
    const controller = new AbortController();
    const reason = new Error('no longer wanted');
    setTimeout(() => controller.abort(reason), 50);
    await expect(shell.banner(port, 60_000, controller.signal)).rejects.toBe(reason);
    await expect(shell.banner(port, 60_000, controller.signal)).rejects.toBe(reason);
  });
});

interface Adversary {
  readonly target: SshTarget;
  readonly directory: string;
}

/** A server of ssh2 that lets everybody in and hands each session's exec to the test. */
async function adversary(
  onExec: (command: string, stream: import('ssh2').ServerChannel) => void,
  acceptKey = true,
): Promise<Adversary> {
  const directory = await temporaryDirectory();
  const [host, user] = await Promise.all([generateKeyPair('host'), generateKeyPair('user')]);
  await writeKeyPair(join(directory, 'key'), user);
  await writeFile(join(directory, 'known_hosts'), knownHostsText(host.publicKey));
  const server = new SshServer({ hostKeys: [host.privateKeyOpenSsh] }, (client) => {
    client.on('error', () => {});
    client.on('authentication', (context) =>
      acceptKey && context.method === 'publickey' ? context.accept() : context.reject(),
    );
    client.on('ready', () =>
      client.on('session', (accept) =>
        accept().on('exec', (acceptExec, _reject, info) => {
          onExec(info.command, acceptExec());
        }),
      ),
    );
    open.push(() => client.end());
  });
  const port = await listen(server);
  const target: SshTarget = {
    host: '127.0.0.1',
    port,
    user: 'someone',
    privateKeyPath: join(directory, 'key'),
    hostPublicKey: host.publicKey,
    knownHostsPath: join(directory, 'known_hosts'),
  };
  return { target, directory };
}

describe('connections that must not succeed', () => {
  it('refuses another host key than the one we gave the guest, before it offers our key', async () => {
    const { target } = await adversary(() => {});
    const other = await generateKeyPair('other');
    const error = await shell
      .connect({ ...target, hostPublicKey: other.publicKey }, within(10_000))
      .catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code: 'ssh.host-key-mismatch', kind: 'guest' });
    expect(error).toHaveProperty('details.expected', other.publicKey.split(' ').slice(0, 2).join(' '));
    expect(error).toHaveProperty('details.shown', target.hostPublicKey.split(' ').slice(0, 2).join(' '));
  });

  it('says that the key is refused, and names the user', async () => {
    const { target } = await adversary(() => {}, false);
    await expect(shell.connect(target, within(10_000))).rejects.toMatchObject({
      code: 'ssh.authentication-failed',
      message: expect.stringContaining('"someone"'),
    });
  });

  it('names the key file that is missing or is no key', async () => {
    const { target, directory } = await adversary(() => {});
    await expect(shell.connect({ ...target, privateKeyPath: '/no/key' }, within(10_000))).rejects.toMatchObject({
      code: 'ssh.authentication-failed',
      message: expect.stringContaining('/no/key'),
    });
    await writeFile(join(directory, 'junk'), 'junk');
    await expect(
      shell.connect({ ...target, privateKeyPath: join(directory, 'junk') }, within(10_000)),
    ).rejects.toMatchObject({
      code: 'ssh.authentication-failed',
    });
  });

  it('ends with connection-lost when nobody listens or something else answers', async () => {
    const { target } = await adversary(() => {});
    await expect(shell.connect({ ...target, port: await freePort() }, within(10_000))).rejects.toMatchObject({
      code: 'ssh.connection-lost',
    });
    const garbage = await rawServer((socket) => socket.write('\x00\x01\x02 not ssh at all\r\n'.repeat(2000)));
    await expect(shell.connect({ ...target, port: garbage }, within(3000))).rejects.toMatchObject({
      code: expect.stringMatching(/^ssh\.(connection-lost|connect-deadline)$/),
    });
  });

  it('keeps its deadline against a silent server, and stops when cancelled', async () => {
    const { target } = await adversary(() => {});
    const port = await rawServer(() => {});
    const started = Date.now();
    await expect(shell.connect({ ...target, port }, within(300))).rejects.toMatchObject({
      code: 'ssh.connect-deadline',
      kind: 'deadline',
    });
    const controller = new AbortController();
    const reason = new Error('stop');
    setTimeout(() => controller.abort(reason), 100);
    await expect(shell.connect({ ...target, port }, within(60_000, controller.signal))).rejects.toBe(reason);
    expect(Date.now() - started).toBeLessThan(3000);
  });
});

describe('commands that go wrong on the way', () => {
  it('reports a connection that is cut in the middle of a command', async () => {
    const server = await startServer('openssh');
    const guest = await shell.connect(server.target, within(10_000));
    const cut = guest.exec({ command: 'kill -9 $PPID; sleep 5' }, { stdout: sink(), stderr: sink() }, within(20_000));
    await expect(cut).rejects.toMatchObject({ code: 'ssh.connection-lost' });
    await expect(guest.capture({ command: 'true' }, within(1000))).rejects.toMatchObject({
      code: 'ssh.connection-lost',
    });
    await expect(guest.upload('/etc/hostname', '/tmp/x', within(1000))).rejects.toMatchObject({
      code: 'ssh.connection-lost',
    });
    guest.close();
    await server.stop();
  });

  it('does not take a command for done whose end is not told', async () => {
    const { target } = await adversary((_command, stream) => stream.close());
    const guest = await shell.connect(target, within(10_000));
    await expect(guest.capture({ command: 'true' }, within(5000))).rejects.toMatchObject({
      code: 'ssh.connection-lost',
    });
    guest.close();
  });

  it('does not take the exit code of a refusing login shell for the one of the command', async () => {
    const { target } = await adversary((_command, stream) => {
      stream.stderr.write('This account is currently not available.\n');
      stream.exit(1);
      stream.end();
    });
    const guest = await shell.connect(target, within(10_000));
    await expect(guest.capture({ command: 'true' }, within(5000))).rejects.toMatchObject({
      code: 'guest.command-not-started',
      message: expect.stringContaining('This account is currently not available.'),
    });
    guest.close();
  });

  it('keeps the deadline when the server never answers the signals either', async () => {
    const { target } = await adversary(() => {});
    const guest = await shell.connect(target, within(10_000));
    const started = Date.now();
    await expect(guest.capture({ command: 'true' }, within(300))).rejects.toMatchObject({
      code: 'guest.command-deadline',
    });
    expect(Date.now() - started).toBeLessThan(8000);
    guest.close();
  });

  it('ends a command though the server allows one channel a connection only', async () => {
    const server = await startServer('openssh', ['MaxSessions 1']);
    const guest = await shell.connect(server.target, within(10_000));
    const word = `mark-${createHash('sha256').update(server.directory).digest('hex').slice(0, 12)}`;
    await expect(guest.capture({ command: `sleep 300; : ${word}` }, within(700))).rejects.toMatchObject({
      code: 'guest.command-deadline',
      message: expect.stringContaining('ended with TERM'),
    });
    expect(await processesWith(word)).toEqual([]);
    guest.close();
    await server.stop();
  });

  it('passes on what a login shell prints before the command, unharmed', async () => {
    const server = await startServer('openssh');
    await writeFile(join(server.directory, 'home', '.bashrc'), 'echo "hello from bashrc" >&2\n');
    const guest = await shell.connect(server.target, within(10_000));
    const { stderr, exitCode } = await guest.capture({ command: 'echo mine >&2' }, within(10_000));
    expect(exitCode).toBe(0);
    expect(stderr.replace('hello from bashrc\n', '')).toBe('mine\n');
    expect(await readFile(join(server.directory, 'known_hosts'), 'utf8')).toBe(
      knownHostsText(server.target.hostPublicKey),
    );
    guest.close();
    await server.stop();
  });
});
