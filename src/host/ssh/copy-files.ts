import type { SFTPWrapper } from 'ssh2';
import type { Deadline } from '../../core/deadline.ts';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { CopyProgress } from '../../core/ports/guest-shell.ts';
import type { Connection } from './connection.ts';
import { copyTree } from './copy-tree.ts';
import { type DeadlineWatch, orAborted, secondsSince, watchDeadline } from './deadline-watch.ts';
import { localTree } from './local-tree.ts';
import { closeSftp, openSftp, remoteTree } from './remote-tree.ts';

type OnProgress = (progress: CopyProgress) => void;

/** How long a cancelled copy may take to remove its unfinished files from a guest that answers. */
const tidyMs = 3000;

/** Where things go: copy-destination.ts. A relative remote path, and `~/`, start at the home of the login user. */
export function uploadFiles(
  connection: Connection,
  localPath: string,
  remotePath: string,
  deadline: Deadline,
  onProgress?: OnProgress,
): Promise<void> {
  return withSftp(connection, deadline, localPath, (sftp, signal) =>
    copyTree({
      source: localTree,
      sourceSide: 'on this host',
      from: localPath,
      destination: remoteTree(sftp),
      destinationSide: 'in the guest',
      to: fromHome(remotePath),
      signal,
      ...(onProgress && { onProgress }),
    }),
  );
}

export function downloadFiles(
  connection: Connection,
  remotePath: string,
  localPath: string,
  deadline: Deadline,
  onProgress?: OnProgress,
): Promise<void> {
  return withSftp(connection, deadline, remotePath, (sftp, signal) =>
    copyTree({
      source: remoteTree(sftp),
      sourceSide: 'in the guest',
      from: fromHome(remotePath),
      destination: localTree,
      destinationSide: 'on this host',
      to: localPath,
      signal,
      ...(onProgress && { onProgress }),
    }),
  );
}

async function withSftp(
  connection: Connection,
  deadline: Deadline,
  path: string,
  work: (sftp: SFTPWrapper, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const watch = watchDeadline(deadline);
  let sftp: SFTPWrapper | undefined;
  try {
    const opening = openSftp(connection);
    opening.then((late) => watch.signal.aborted && late.end()).catch(() => {});
    const opened = await orAborted(opening, watch.signal);
    sftp = opened;
    const working = work(opened, watch.signal);
    await Promise.race([working, stuck(watch.signal)]);
  } catch (error) {
    if (watch.signal.aborted) throw stoppedError(watch, path);
    if (!connection.isOpen()) throw connection.lost();
    throw error;
  } finally {
    watch.dispose();
    if (sftp !== undefined && connection.isOpen()) await closeSftp(sftp);
  }
}

/** Rejects when a cancelled copy did not come to rest by itself. */
function stuck(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const onAbort = (): void => {
      setTimeout(() => reject(signal.reason), tidyMs).unref();
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}

function stoppedError(watch: DeadlineWatch, path: string): unknown {
  if (!watch.passed()) return watch.signal.reason;
  return new SysmonvmError(
    'copy.deadline',
    `Copying ${JSON.stringify(path)} did not finish within ${secondsSince(watch.startedAt)}.`,
    {
      details: { path },
    },
  );
}

function fromHome(path: string): string {
  if (path === '~' || path === '~/') return '.';
  return path.startsWith('~/') ? path.slice(2).replace(/^\/+/, '') || '.' : path;
}
