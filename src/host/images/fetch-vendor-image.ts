import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { RemoteImage } from '../../core/image/image-entry.ts';
import type { CachedImage, ImageWork } from '../../core/ports/image-cache.ts';
import { fileError } from '../store/file-errors.ts';
import { download } from './download.ts';
import { partName, sidecarOf } from './download-part.ts';
import { type KeepDependencies, keepImage } from './keep-image.ts';
import type { TransportOptions } from './transport.ts';

export interface FetchDependencies extends KeepDependencies {
  readonly directory: string;
  readonly transport: TransportOptions;
}

/** Downloads and registers; the caller holds the lock of the digest. */
export async function fetchVendorImage(
  entry: RemoteImage,
  work: ImageWork,
  deps: FetchDependencies,
): Promise<CachedImage> {
  const { signal, onProgress } = work;
  const path = await preparePart(deps.directory, entry.digest);
  const { url } = await download(
    {
      ...{ id: entry.id, digest: entry.digest, urls: entry.urls, redirectHosts: entry.redirectHosts, path },
      ...(entry.size === null ? {} : { sizeBytes: entry.size }),
      ...(signal === undefined ? {} : { signal }),
      onProgress: (progress) => onProgress?.(progress),
    },
    deps.transport,
    deps.clock,
  );
  try {
    const image = await keepImage(entry, { path, url }, work, deps);
    await removePart(path);
    return image;
  } catch (error) {
    // Sound bytes are not downloaded twice because something else was missing.
    if (signal?.aborted !== true && !hasCode(error, 'host.tool-missing')) await removePart(path);
    throw error;
  }
}

/** The path of the part file; what an earlier version or a killed process left beside it is removed. */
export async function preparePart(directory: string, digest: string): Promise<string> {
  const partial = join(directory, 'partial');
  await mkdir(partial, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw fileError(error, partial, 'making the directory of downloads');
  });
  const name = partName(digest);
  const path = join(partial, name);
  const stem = name.replace(/part$/, '');
  for (const file of await readdir(partial))
    if (file.includes(stem) && file !== name && join(partial, file) !== sidecarOf(path))
      await rm(join(partial, file), { recursive: true, force: true });
  return path;
}

export async function removePart(path: string): Promise<void> {
  await rm(path, { recursive: true, force: true });
  await rm(sidecarOf(path), { recursive: true, force: true });
}
