import { createHash, type Hash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, lstat, open } from 'node:fs/promises';
import { fail } from '../../core/errors/sysmonvm-error.ts';

export type DigestAlgorithm = 'sha256' | 'sha512';

export function algorithmOf(digest: string): DigestAlgorithm {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}

const blockBytes = 1024 * 1024;

/** Reads a whole file into a hash; the next block is fetched while one is digested. Returns the bytes read. */
export async function readInto(hash: Pick<Hash, 'update'>, file: FileHandle, signal?: AbortSignal): Promise<number> {
  const buffers = [Buffer.allocUnsafe(blockBytes), Buffer.allocUnsafe(blockBytes)] as const;
  const readAt = (index: number, position: number) =>
    file.read(buffers[index % 2 === 0 ? 0 : 1], 0, blockBytes, position);
  let position = 0;
  let reading = readAt(0, 0);
  for (let index = 1; ; index += 1) {
    const { bytesRead, buffer } = await reading;
    if (bytesRead === 0) return position;
    signal?.throwIfAborted();
    position += bytesRead;
    reading = readAt(index, position);
    hash.update(buffer.subarray(0, bytesRead));
  }
}

/** `sha256:<hex>` or `sha512:<hex>` of a file. */
export async function fileDigest(path: string, algorithm: DigestAlgorithm, signal?: AbortSignal): Promise<string> {
  const hash = createHash(algorithm);
  const file = await open(path, constants.O_RDONLY);
  try {
    await readInto(hash, file, signal);
  } finally {
    await file.close();
  }
  return `${algorithm}:${hash.digest('hex')}`;
}

/** What tells, without reading it, that a file was not touched since it was verified. */
export interface FileStamp {
  readonly name: string;
  readonly digest: string;
  readonly sizeBytes: number;
  readonly mtimeMs: number;
  readonly inode: number;
}

export interface FoundFile {
  readonly stamp: FileStamp;
  /** Why it cannot be one of ours: a link may be changed from elsewhere. */
  readonly refusal?: 'a symbolic link' | 'a hard link' | 'no plain file';
  readonly writable: boolean;
}

/** Looks at the name itself: links are not followed. */
export async function lookAt(path: string, name: string, digest: string): Promise<FoundFile> {
  const found = await lstat(path);
  const refusal = found.isSymbolicLink()
    ? 'a symbolic link'
    : !found.isFile()
      ? 'no plain file'
      : found.nlink !== 1
        ? 'a hard link'
        : undefined;
  return {
    stamp: { name, digest, sizeBytes: found.size, mtimeMs: found.mtimeMs, inode: found.ino },
    writable: (found.mode & 0o222) !== 0,
    ...(refusal === undefined ? {} : { refusal }),
  };
}

export function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.sizeBytes === b.sizeBytes && a.mtimeMs === b.mtimeMs && a.inode === b.inode;
}

/** Digest of a user's own file. @throws image.digest-mismatch when another one was expected */
export async function checkedFileDigest(path: string, expected?: string): Promise<string> {
  const found = await fileDigest(path, expected === undefined ? 'sha256' : algorithmOf(expected));
  if (expected !== undefined && found !== expected) {
    fail('image.digest-mismatch', `${path} is ${found} and should be ${expected}`, {
      details: { path, expected, found },
    });
  }
  return found;
}
