import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { JsonCache } from './json-cache.ts';

/** Changes when the file behind a path does: an upgrade gives it another inode, size or time. */
export async function fileKey(path: string): Promise<string> {
  const real = await realpath(path);
  const found = await stat(real, { bigint: true });
  return `${real}|${found.dev}:${found.ino}|${found.size}|${found.mtimeNs}|${found.ctimeNs}`;
}

export function cacheName(prefix: string, path: string): string {
  return `${prefix}-${createHash('sha256').update(path).digest('hex').slice(0, 20)}`;
}

export async function sha256OfFile(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path, { highWaterMark: 1024 * 1024 }), hash, signal === undefined ? {} : { signal });
  return `sha256:${hash.digest('hex')}`;
}

/** The digest of a file, computed once as long as the file stays the same. */
export async function cachedDigest(cache: JsonCache, path: string, signal?: AbortSignal): Promise<string> {
  const key = await fileKey(path);
  const name = cacheName('digest', path);
  const known = await cache.read<string>(name, key);
  if (known !== undefined) return known;
  const digest = await sha256OfFile(path, signal);
  await cache.write(name, key, digest);
  return digest;
}
