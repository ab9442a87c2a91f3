import type { Stats } from 'node:fs';
import {
  chmod,
  lstat,
  mkdir,
  open,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  utimes,
} from 'node:fs/promises';
import { join } from 'node:path';
import {
  attempt,
  copyFailed,
  type FileFacts,
  type FileTree,
  kindOfMode,
  type ReadableFile,
  type WritableFile,
} from './file-tree.ts';

const side = 'on this host';

export const localTree: FileTree = {
  describe: (path, followLink) =>
    attempt(path, side, 'cannot be looked at', async () => {
      try {
        return factsOf(await (followLink ? stat(path) : lstat(path)));
      } catch (error) {
        if (error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
          return undefined;
        throw error;
      }
    }),
  list: (path) =>
    attempt(path, side, 'cannot be listed', async () => {
      const found: { name: string; facts: FileFacts }[] = [];
      for (const raw of await readdir(path, { encoding: 'buffer' })) {
        const name = raw.toString('utf8');
        if (!Buffer.from(name, 'utf8').equals(raw)) throw copyFailed(join(path, name), side, 'its name is not UTF-8');
        found.push({ name, facts: factsOf(await lstat(join(path, name))) });
      }
      return found;
    }),
  readLink: (path) => attempt(path, side, 'the link cannot be read', () => readlink(path)),
  realPath: (path) => attempt(path, side, 'cannot be resolved', () => realpath(path)),
  openForReading: (path) => attempt(path, side, 'cannot be read', () => openForReading(path)),
  createFile: (path) => attempt(path, side, 'cannot be written', () => createFile(path)),
  makeDirectory: (path, mode) => attempt(path, side, 'the directory cannot be made', () => mkdir(path, { mode })),
  makeLink: (target, path) => attempt(path, side, 'the link cannot be made', () => symlink(target, path)),
  setAttributes: (path, mode, mtimeSeconds) =>
    attempt(path, side, 'mode and time cannot be set', async () => {
      await chmod(path, mode & 0o777);
      await utimes(path, mtimeSeconds, mtimeSeconds);
    }),
  rename: (from, to) => attempt(to, side, 'cannot be replaced', () => rename(from, to)),
  remove: (path) => attempt(path, side, 'cannot be removed', () => rm(path)),
};

async function openForReading(path: string): Promise<ReadableFile> {
  const file = await open(path, 'r');
  const { size } = await file.stat();
  return {
    size,
    read: (buffer, position) =>
      attempt(path, side, 'cannot be read', async () => {
        let filled = 0;
        while (filled < buffer.length) {
          const { bytesRead } = await file.read(buffer, filled, buffer.length - filled, position + filled);
          if (bytesRead === 0) break;
          filled += bytesRead;
        }
        return filled;
      }),
    close: () => file.close(),
  };
}

async function createFile(path: string): Promise<WritableFile> {
  const file = await open(path, 'wx', 0o600);
  return {
    write: (bytes, position) =>
      attempt(path, side, 'cannot be written', async () => {
        let done = 0;
        while (done < bytes.length) {
          done += (await file.write(bytes, done, bytes.length - done, position + done)).bytesWritten;
        }
      }),
    finish: (mode, mtimeSeconds) =>
      attempt(path, side, 'cannot be finished', async () => {
        // No set-user-id bits from a guest: on this host they would mean this user, perhaps root.
        await file.chmod(mode & 0o777);
        await file.utimes(mtimeSeconds, mtimeSeconds);
        await file.close();
      }),
    close: () => file.close(),
  };
}

function factsOf(stats: Stats): FileFacts {
  return {
    kind: kindOfMode(stats.mode),
    mode: stats.mode & 0o7777,
    size: stats.size,
    mtimeSeconds: Math.floor(stats.mtimeMs / 1000),
  };
}
