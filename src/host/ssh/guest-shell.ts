import type { GuestConnection, GuestShell, SshTarget } from '../../core/ports/guest-shell.ts';
import { readBanner } from './banner.ts';
import { captureOutput } from './capture-output.ts';
import { type Connection, openConnection } from './connection.ts';
import { downloadFiles, uploadFiles } from './copy-files.ts';
import { forwardSocket } from './forward-socket.ts';
import { runCommand } from './run-command.ts';

/** So long is an early connection waited for before another is opened, and kept when nobody takes it. */
const earlyMs = 15_000;

interface Early {
  readonly hostPublicKey: string;
  readonly opening: Promise<Connection | undefined>;
}

/** The guest over SSH. Only our own key is offered, only the host key of the target is accepted. */
export function createGuestShell(): GuestShell {
  const begun = new Map<number, Early>();
  const taken = async ({ port, hostPublicKey }: SshTarget): Promise<Connection | undefined> => {
    const early = begun.get(port);
    begun.delete(port);
    const connection = await early?.opening;
    if (early?.hostPublicKey === hostPublicKey && connection?.isOpen() === true) return connection;
    connection?.close();
    return undefined;
  };
  return {
    banner: readBanner,
    connect: async (target, deadline) =>
      guestConnection((await taken(target)) ?? (await openConnection(target, deadline))),
    connectEarly: (target, signal) => {
      const deadline = { at: Date.now() + earlyMs, signal, attempts: [] };
      const opening = openConnection(target, deadline).catch(() => undefined);
      const early = { hostPublicKey: target.hostPublicKey, opening };
      begun.set(target.port, early);
      const drop = (): void => {
        if (begun.get(target.port) !== early) return;
        begun.delete(target.port);
        opening.then((connection) => connection?.close()).catch(() => undefined);
      };
      setTimeout(drop, 2 * earlyMs).unref();
    },
  };
}

function guestConnection(connection: Connection): GuestConnection {
  return {
    exec: (command, streams, deadline) => runCommand(connection, command, streams, deadline),
    capture: (command, deadline) => captureOutput(connection, command, deadline),
    upload: (localPath, remotePath, deadline, onProgress) =>
      uploadFiles(connection, localPath, remotePath, deadline, onProgress),
    download: (remotePath, localPath, deadline, onProgress) =>
      downloadFiles(connection, remotePath, localPath, deadline, onProgress),
    forward: (guestPort, socketPath) => forwardSocket(connection, guestPort, socketPath),
    close: () => connection.close(),
  };
}
