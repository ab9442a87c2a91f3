import { readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fail, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { ImageLock } from '../../core/image/lock-schema.ts';
import type { ImageLockFiles } from '../../core/ports/image-lock-files.ts';
import type { TextFiles } from '../../core/ports/text-files.ts';
import { completeFile } from './complete-file.ts';
import { fileError, isMissing } from './file-errors.ts';
import { acquireFileLock, type FileLockDependencies } from './file-lock.ts';
import { sha256 } from './sha256.ts';

export interface ImageLockFilesOptions {
  /** Directory of the package: images.lock.json and keys/. */
  readonly packageDirectory: string;
  readonly workspace: string;
  readonly files: TextFiles;
  readonly lock: FileLockDependencies;
}

const lockName = 'images.lock.json';
const emptyLock: ImageLock = { lockfileVersion: 1, keys: {}, images: [] };
const waitMs = 10_000;

/** Loaded when a lock file is read: lists of VMs need none. */
const grammar = async () => ({
  ...(await import('../../core/image/lock-schema.ts')),
  ...(await import('../../core/image/merge-locks.ts')),
  ...(await import('../../core/image/format-lock.ts')),
  ...(await import('../../core/image/trust-anchors.ts')),
});

export function createImageLockFiles({
  packageDirectory,
  workspace,
  files,
  lock: lockDependencies,
}: ImageLockFilesOptions): ImageLockFiles {
  const shippedPath = join(packageDirectory, lockName);
  const workspacePath = resolve(workspace, lockName);
  const refreshedPath = (id: string): string => join(workspace, 'keys', `${id}.refreshed`);
  let shipped: Promise<ImageLock> | undefined;

  const readShipped = async (): Promise<ImageLock> => {
    const text = await files.read(shippedPath);
    return text === undefined
      ? fail('image.lock-invalid', `${lockName} is not part of this installation`)
      : (await grammar()).parseImageLock(text, shippedPath);
  };
  const shippedLock = (): Promise<ImageLock> => {
    shipped ??= readShipped();
    return shipped;
  };
  const parse = async (text: string, path: string): Promise<ImageLock> => {
    const { mergeLocks, parseImageLock, parseWorkspaceLock } = await grammar();
    if (path !== workspacePath) return parseImageLock(text, path);
    const base = await shippedLock();
    const lock = parseWorkspaceLock(text, path, base);
    mergeLocks(base, lock, path);
    return lock;
  };
  const read = async (named: string): Promise<ImageLock> => {
    const path = resolve(named);
    const text = await files.read(path);
    return text === undefined ? emptyLock : parse(text, path);
  };

  return {
    shippedPath,
    workspacePath,
    read,
    merged: async () => {
      const { mergeLocks } = await grammar();
      return mergeLocks(await shippedLock(), await read(workspacePath), workspacePath);
    },
    async change(named, change) {
      const path = resolve(named);
      await files.makeDirectory(dirname(path));
      const held = await acquireFileLock(
        `${path}.lock`,
        { purpose: 'change of a lock file', what: path, deadlineAt: lockDependencies.clock.now() + waitMs },
        lockDependencies,
      );
      try {
        const text = (await grammar()).formatLock(change(await read(path)));
        await parse(text, path);
        await files.write(path, text);
        if (path === shippedPath) shipped = undefined;
      } finally {
        await held.release();
      }
    },
    async readKey(id, merged) {
      const key = merged.keys[id];
      if (key === undefined) return fail('image.key-unknown', `There is no key "${id}".`, { details: { id } });
      const { trustAnchor } = await grammar();
      const path = join(trustAnchor(id) === undefined ? workspace : packageDirectory, key.file);
      const bytes = await readFile(path).catch((error: unknown) => {
        throw isMissing(error) ? missing(path, error) : fileError(error, path, 'reading a key');
      });
      const found = sha256(bytes);
      if (found === key.fileSha256) return bytes;
      return fail('image.key-fingerprint', `${path} is not the file that the lock file names for the key "${id}".`, {
        details: { id, path, expected: key.fileSha256, found },
      });
    },
    readRefreshedKey: (id) =>
      readFile(refreshedPath(id)).catch((error: unknown) => {
        if (isMissing(error)) return undefined;
        throw fileError(error, refreshedPath(id), 'reading a key');
      }),
    async keepRefreshedKey(id, certificate) {
      await files.makeDirectory(join(workspace, 'keys'));
      await writeBytes(refreshedPath(id), certificate);
    },
    async addKeyFile(id, certificate) {
      const file = `keys/${id}.pgp`;
      await files.makeDirectory(join(workspace, 'keys'));
      await writeBytes(join(workspace, file), certificate);
      return { file, fileSha256: sha256(certificate) };
    },
    removeKeyFile: (file) => files.remove(join(workspace, file)),
    readUserFile,
    sha256,
  };
}

function missing(path: string, cause: unknown): SysmonvmError {
  return new SysmonvmError('image.key-unreadable', `The key file ${path} is not there.`, { details: { path }, cause });
}

async function writeBytes(path: string, bytes: Uint8Array): Promise<void> {
  await completeFile(path, 0o644, (temporary) => writeFile(temporary, bytes, { flag: 'wx' })).catch(
    (error: unknown) => {
      throw fileError(error, path, 'writing a key');
    },
  );
}

async function readUserFile(path: string, limitBytes: number): Promise<Uint8Array> {
  const info = await stat(path).catch((error: unknown) => {
    throw isMissing(error) ? missing(path, error) : fileError(error, path, 'reading');
  });
  if (!info.isFile() || info.size > limitBytes)
    fail('image.key-unreadable', `${path} is not a file of at most ${limitBytes} bytes.`, { details: { path } });
  return readFile(path);
}
