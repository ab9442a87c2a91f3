import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fail } from '../../core/errors/sysmonvm-error.ts';

export type DigestAlgorithm = 'sha256' | 'sha512';

export function algorithmOf(digest: string): DigestAlgorithm {
  return digest.startsWith('sha512:') ? 'sha512' : 'sha256';
}

/** `sha256:<hex>` or `sha512:<hex>` of a file. */
export async function fileDigest(path: string, algorithm: DigestAlgorithm, signal?: AbortSignal): Promise<string> {
  const hash = createHash(algorithm);
  const stream = createReadStream(path, { highWaterMark: 1024 * 1024, ...(signal === undefined ? {} : { signal }) });
  for await (const chunk of stream) hash.update(chunk as Buffer);
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

export async function stampFile(path: string, name: string, digest: string): Promise<FileStamp> {
  const { size, mtimeMs, ino } = await stat(path);
  return { name, digest, sizeBytes: size, mtimeMs, inode: ino };
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
