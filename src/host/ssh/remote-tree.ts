import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { SFTPWrapper, Stats } from 'ssh2';
import type { Connection } from './connection.ts';
import {
  attempt,
  copyFailed,
  type FileFacts,
  type FileTree,
  kindOfMode,
  type ReadableFile,
  type WritableFile,
} from './file-tree.ts';

const side = 'in the guest';
const endOfFile = 1;
const noSuchFile = 2;
const closeMs = 1000;

type Callback<T> = (error: Error | undefined | null, value: T) => void;

export async function openSftp(connection: Connection): Promise<SFTPWrapper> {
  if (!connection.isOpen()) throw connection.lost();
  const onClose = (): void => cancel(connection.lost());
  let cancel = (_error: Error): void => {};
  try {
    return await new Promise<SFTPWrapper>((resolve, reject) => {
      cancel = reject;
      connection.client.once('close', onClose);
      connection.client.sftp((error, sftp) => (error === undefined ? resolve(sftp) : reject(error)));
    });
  } catch (error) {
    if (!connection.isOpen()) throw connection.lost();
    throw copyFailed('/', side, 'the SSH server offers no file transfer (SFTP)', error);
  } finally {
    connection.client.removeListener('close', onClose);
  }
}

/** Closes the channel and waits for the server: dropbear drops a connection on which the next one opens meanwhile. */
export function closeSftp(sftp: SFTPWrapper): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, closeMs);
    sftp.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
    sftp.end();
  });
}

export function remoteTree(sftp: SFTPWrapper): FileTree {
  const call = <T>(path: string, what: string, start: (done: Callback<T>) => void): Promise<T> =>
    attempt(path, side, what, () => promised(start));
  let linkOrder: Promise<'as documented' | 'swapped'> | undefined;

  return {
    describe: (path, followLink) =>
      attempt(path, side, 'cannot be looked at', async () => {
        try {
          return factsOf(
            await promised<Stats>((done) => (followLink ? sftp.stat(path, done) : sftp.lstat(path, done))),
          );
        } catch (error) {
          if (statusOf(error) === noSuchFile) return undefined;
          throw error;
        }
      }),
    list: async (path) => {
      const entries = await call<Parameters<Parameters<SFTPWrapper['readdir']>[1]>[1]>(
        path,
        'cannot be listed',
        (done) => sftp.readdir(path, done),
      );
      const names = entries.filter(({ filename }) => filename !== '.' && filename !== '..');
      // The guest is not trusted: a name with a slash would lead a download out of its directory.
      for (const { filename } of names) {
        if (filename === '' || /[/\0]/.test(filename))
          throw copyFailed(path, side, `it lists the impossible name ${JSON.stringify(filename)}`);
      }
      if (new Set(names.map(({ filename }) => filename)).size !== names.length)
        throw copyFailed(path, side, 'it lists a name twice');
      return names.map(({ filename, attrs }) => ({ name: filename, facts: factsOf(attrs) }));
    },
    readLink: (path) => call<string>(path, 'the link cannot be read', (done) => sftp.readlink(path, done)),
    realPath: (path) => call<string>(path, 'cannot be resolved', (done) => sftp.realpath(path, done)),
    openForReading: (path) => openForReading(sftp, path),
    createFile: (path) => createFile(sftp, path),
    makeDirectory: (path, mode) =>
      call<void>(path, 'the directory cannot be made', (done) => sftp.mkdir(path, { mode }, bare(done))),
    makeLink: async (target, path) => {
      linkOrder ??= orderOfLinkArguments(sftp, posix.dirname(path));
      const swapped = (await linkOrder) === 'swapped';
      await call<void>(path, 'the link cannot be made', (done) =>
        swapped ? sftp.symlink(path, target, bare(done)) : sftp.symlink(target, path, bare(done)),
      );
    },
    setAttributes: (path, mode, mtimeSeconds) =>
      call<void>(path, 'mode and time cannot be set', (done) =>
        sftp.setstat(path, { mode, atime: mtimeSeconds, mtime: mtimeSeconds }, bare(done)),
      ),
    rename: (from, to) => attempt(to, side, 'cannot be replaced', () => replace(sftp, from, to)),
    remove: (path) => call<void>(path, 'cannot be removed', (done) => sftp.unlink(path, bare(done))),
  };
}

async function openForReading(sftp: SFTPWrapper, path: string): Promise<ReadableFile> {
  const handle = await attempt(path, side, 'cannot be read', () =>
    promised<Buffer>((done) => sftp.open(path, 'r', done)),
  );
  const { size } = await attempt(path, side, 'cannot be read', () =>
    promised<Stats>((done) => sftp.fstat(handle, done)),
  );
  const readSome = async (buffer: Buffer, filled: number, position: number): Promise<number> => {
    try {
      return await promised<number>((done) =>
        sftp.read(handle, buffer, filled, buffer.length - filled, position + filled, (error, count) =>
          done(error, count),
        ),
      );
    } catch (error) {
      if (statusOf(error) === endOfFile) return 0;
      throw error;
    }
  };
  return {
    size,
    read: (buffer, position) =>
      attempt(path, side, 'cannot be read', async () => {
        let filled = 0;
        while (filled < buffer.length) {
          const count = await readSome(buffer, filled, position);
          if (count === 0) break;
          filled += count;
        }
        return filled;
      }),
    close: () => promised<void>((done) => sftp.close(handle, bare(done))),
  };
}

async function createFile(sftp: SFTPWrapper, path: string): Promise<WritableFile> {
  const handle = await attempt(path, side, 'cannot be written', () =>
    promised<Buffer>((done) => sftp.open(path, 'wx', { mode: 0o600 }, done)),
  );
  const close = (): Promise<void> => promised<void>((done) => sftp.close(handle, bare(done)));
  return {
    write: (bytes, position) =>
      attempt(path, side, 'cannot be written', () =>
        promised<void>((done) => sftp.write(handle, bytes, 0, bytes.length, position, bare(done))),
      ),
    finish: (mode, mtimeSeconds) =>
      attempt(path, side, 'cannot be finished', async () => {
        await promised<void>((done) =>
          sftp.fsetstat(handle, { mode, atime: mtimeSeconds, mtime: mtimeSeconds }, bare(done)),
        );
        await close();
      }),
    close,
  };
}

/** Plain SFTP renames onto nothing only; OpenSSH's extension replaces atomically. */
async function replace(sftp: SFTPWrapper, from: string, to: string): Promise<void> {
  try {
    await promised<void>((done) => sftp.ext_openssh_rename(from, to, bare(done)));
  } catch (error) {
    if (!(error instanceof Error && /does not support this extended request/.test(error.message))) throw error;
    await promised<void>((done) => sftp.unlink(to, bare(done))).catch((failure: unknown) => {
      if (statusOf(failure) !== noSuchFile) throw failure;
    });
    await promised<void>((done) => sftp.rename(from, to, bare(done)));
  }
}

/**
 * OpenSSH's sftp-server takes the two paths of SYMLINK the other way round than the draft says. ssh2 decides by the
 * name of the SSH server, and dropbear with OpenSSH's sftp-server has the other name, so it is tried once, with two
 * names of ours.
 */
async function orderOfLinkArguments(sftp: SFTPWrapper, directory: string): Promise<'as documented' | 'swapped'> {
  const base = posix.join(
    await promised<string>((done) => sftp.realpath(directory, done)),
    `.sysmonvm-${randomBytes(6).toString('hex')}`,
  );
  const [target, link] = [`${base}.target`, `${base}.link`];
  await attempt(directory, side, 'no link can be made in it', () =>
    promised<void>((done) => sftp.symlink(target, link, bare(done))),
  );
  const made = await promised<string | undefined>((done) =>
    sftp.readlink(link, (error, found) => done(undefined, error ? undefined : found)),
  );
  await promised<void>((done) => sftp.unlink(made === undefined ? target : link, bare(done)));
  return made === undefined ? 'swapped' : 'as documented';
}

function promised<T>(start: (done: Callback<T>) => void): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    start((error, value) => {
      if (error === undefined || error === null) resolve(value);
      else reject(explained(error));
    });
  });
}

function bare(done: Callback<void>): (error?: Error | null) => void {
  return (error) => done(error, undefined);
}

/** SFTP has one word, "Failure", for a full disk, an existing name, a directory in the way and more. */
function explained(error: Error): Error {
  if (error.message !== 'Failure') return error;
  return Object.assign(
    new Error('the guest says only "Failure" (disk full, name taken, or a directory in the way)', { cause: error }),
    {
      code: statusOf(error),
    },
  );
}

function statusOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

function factsOf(stats: Pick<Stats, 'mode' | 'size' | 'mtime'>): FileFacts {
  return { kind: kindOfMode(stats.mode), mode: stats.mode & 0o7777, size: stats.size, mtimeSeconds: stats.mtime };
}
