import { createServer, type Server, type Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { firstBanner } from '../../../src/app/vm/first-banner.ts';
import { systemClock } from '../../../src/host/process/system-clock.ts';
import { readBanner } from '../../../src/host/ssh/banner.ts';

let server: Server | undefined;
const sockets = new Set<Socket>();

afterEach(() => {
  for (const socket of sockets) socket.destroy();
  server?.close();
});

interface Seen {
  connections: number;
  open: number;
  mostOpen: number;
  readonly failures: string[];
}

/** `serve` gets the number of the connection, counted from 1. */
async function hunt(serve: (socket: Socket, number: number, seen: Seen) => void): Promise<Seen> {
  const seen: Seen = { connections: 0, open: 0, mostOpen: 0, failures: [] };
  const listening = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).resume();
    socket.on('close', () => {
      seen.open -= 1;
    });
    seen.connections += 1;
    seen.open += 1;
    seen.mostOpen = Math.max(seen.mostOpen, seen.open);
    serve(socket, seen.connections, seen);
  });
  server = listening;
  const port = await new Promise<number>((resolve) => {
    listening.listen(0, '127.0.0.1', () => resolve((listening.address() as { port: number }).port));
  });
  await firstBanner({
    clock: systemClock,
    signal: new AbortController().signal,
    attempt: (timeoutMs, signal) => readBanner(port, timeoutMs, signal),
    onFailure: (error) => seen.failures.push((error as Error).message),
  });
  return seen;
}

describe('the hunt for the first banner', () => {
  it('does not wait for connections that the guest never saw: others are made meanwhile', async () => {
    const seen = await hunt((socket, number) => {
      if (number === 3) socket.write('SSH-2.0-late\r\n');
    });
    expect(seen.connections).toBe(3);
    expect(seen.mostOpen).toBeGreaterThan(1);
  });

  it('once anything came back, has one connection open at a time, and is patient with it', async () => {
    let openAfterAnswer = 0;
    const seen = await hunt((socket, number, now) => {
      if (number < 3) return;
      if (number === 3) {
        socket.end();
        return;
      }
      // Longer than a short try: a loaded guest that takes its time to greet.
      setTimeout(() => {
        openAfterAnswer = now.open;
        socket.write('SSH-2.0-slow\r\n');
      }, 3_000);
    });
    expect(seen.connections).toBe(4);
    expect(openAfterAnswer).toBe(1);
    expect(seen.failures.at(-1)).toBe('closed at once');
  });

  it('a refusal by this host, where QEMU does not listen yet, is no answer of the guest', async () => {
    const free = createServer();
    const port = await new Promise<number>((resolve) => {
      free.listen(0, '127.0.0.1', () => resolve((free.address() as { port: number }).port));
    });
    await new Promise((resolve) => free.close(resolve));
    await expect(readBanner(port, 1_000, new AbortController().signal)).rejects.toMatchObject({
      message: 'refused',
      details: { answered: false },
    });
  });

  it('ends with the reason of the signal', async () => {
    const reason = new Error('enough');
    const attempt = (_: number, signal: AbortSignal) =>
      new Promise<string>((__, reject) =>
        signal.addEventListener('abort', () => reject(signal.reason), { once: true }),
      );
    await expect(
      firstBanner({ clock: systemClock, signal: AbortSignal.abort(reason), attempt, onFailure: () => undefined }),
    ).rejects.toBe(reason);
  });
});
