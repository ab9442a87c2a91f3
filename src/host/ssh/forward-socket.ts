import { chmod } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import type { Connection } from './connection.ts';

/** A socket that only this user may open; each of its connections is a channel to the guest's loopback. */
export async function forwardSocket(
  connection: Connection,
  guestPort: number,
  socketPath: string,
): Promise<{ end(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    socket.on('error', () => socket.destroy());
    connection.client.forwardOut('127.0.0.1', 0, '127.0.0.1', guestPort, (error, channel) => {
      if (error !== undefined) {
        socket.destroy();
        return;
      }
      channel.on('error', () => socket.destroy());
      channel.on('close', () => socket.destroy());
      socket.once('close', () => channel.close());
      socket.pipe(channel).pipe(socket);
    });
  });
  await listening(server, socketPath);
  await chmod(socketPath, 0o600);
  return {
    end: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

function listening(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}
