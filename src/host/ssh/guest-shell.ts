import type { GuestConnection, GuestShell } from '../../core/ports/guest-shell.ts';
import { readBanner } from './banner.ts';
import { captureOutput } from './capture-output.ts';
import { type Connection, openConnection } from './connection.ts';
import { downloadFiles, uploadFiles } from './copy-files.ts';
import { runCommand } from './run-command.ts';

/** The guest over SSH. Only our own key is offered, only the host key of the target is accepted. */
export function createGuestShell(): GuestShell {
  return {
    banner: readBanner,
    connect: async (target, deadline) => guestConnection(await openConnection(target, deadline)),
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
    close: () => connection.close(),
  };
}
