import { createConnection, createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { SshTarget } from '../../../src/core/ports/guest-shell.ts';
import { createGuestShell } from '../../../src/host/ssh/guest-shell.ts';
import { generateKeyPair } from '../../../src/host/ssh/key-pair.ts';
import { type RealServer, startServer, within } from './real-server.ts';

/** Counts the connections that go through it to the real server. */
async function counting(port: number): Promise<{ readonly server: Server; readonly port: number; count(): number }> {
  let count = 0;
  const server = createServer((socket) => {
    count += 1;
    const onward = createConnection({ host: '127.0.0.1', port });
    socket.on('error', () => onward.destroy());
    onward.on('error', () => socket.destroy());
    socket.pipe(onward).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { server, port: typeof address === 'object' && address ? address.port : 0, count: () => count };
}

describe('a connection that is begun early', () => {
  let real: RealServer;
  let between: Awaited<ReturnType<typeof counting>>;
  let target: SshTarget;
  const never = new AbortController().signal;

  beforeAll(async () => {
    real = await startServer('openssh');
    between = await counting(real.target.port);
    target = { ...real.target, port: between.port };
  });
  afterAll(async () => {
    between?.server.close();
    await real?.stop();
  });

  it('is what the next one to this target gets, once', async () => {
    const shell = createGuestShell();
    shell.connectEarly(target, never);
    const first = await shell.connect(target, within(20_000));
    expect(between.count()).toBe(1);
    const second = await shell.connect(target, within(20_000));
    expect(between.count()).toBe(2);
    for (const connection of [first, second]) {
      expect(await connection.capture({ command: ['echo', 'hello'] }, within(20_000))).toMatchObject({
        exitCode: 0,
        stdout: 'hello\n',
      });
      connection.close();
    }
  });

  it('is forgotten when the server showed another host key then', async () => {
    const shell = createGuestShell();
    const { publicKey } = await generateKeyPair('another host');
    const before = between.count();
    shell.connectEarly({ ...target, hostPublicKey: publicKey }, never);
    const connection = await shell.connect(target, within(20_000));
    expect(between.count()).toBe(before + 2);
    connection.close();
    shell.connectEarly({ ...target, user: 'nobody-at-all' }, never);
    const again = await shell.connect(target, within(20_000));
    expect((await again.capture({ command: ['echo', 'hello'] }, within(20_000))).stdout).toBe('hello\n');
    again.close();
  });

  it('does not outlive the call that began it, and a refusal of it is not the next one’s', async () => {
    const shell = createGuestShell();
    const call = new AbortController();
    shell.connectEarly(target, call.signal);
    call.abort(new Error('over'));
    const connection = await shell.connect(target, within(20_000));
    connection.close();
    await expect(
      shell.connect({ ...target, hostPublicKey: (await generateKeyPair('x')).publicKey }, within(20_000)),
    ).rejects.toMatchObject({ code: 'ssh.host-key-mismatch' });
  });
});
