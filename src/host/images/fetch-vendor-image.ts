import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { RemoteImage } from '../../core/image/image-entry.ts';
import type { TrustLevel } from '../../core/plan/vm-plan.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { CachedImage, ImageWork } from '../../core/ports/image-cache.ts';
import { assertSafeBase } from '../disks/image-header.ts';
import { fileError } from '../store/file-errors.ts';
import { download } from './download.ts';
import type { ImageStore } from './image-store.ts';
import type { TransportOptions } from './transport.ts';

/**
 * Checks what vouches for a downloaded file whose digest is right already; returns the level that was reached and
 * throws when a signature is wrong.
 */
export type VerifyImage = (
  entry: RemoteImage,
  file: { readonly path: string; readonly digest: string },
  signal?: AbortSignal,
) => Promise<TrustLevel>;

/** Without a signature check an entry is at most pinned, whatever the lock file says. */
export const verifyDigestOnly: VerifyImage = async ({ provenance: { level } }) =>
  level === 'signed' ? 'pinned' : level;

export interface FetchDependencies {
  readonly directory: string;
  readonly store: ImageStore;
  readonly clock: Clock;
  readonly verify: VerifyImage;
  readonly transport: TransportOptions;
}

/** Downloads and registers; the caller holds the lock of the digest. */
export async function fetchVendorImage(
  entry: RemoteImage,
  work: ImageWork,
  deps: FetchDependencies,
): Promise<CachedImage> {
  const { signal, onProgress } = work;
  const partial = join(deps.directory, 'partial');
  const name = entry.digest.replace(':', '-');
  const path = join(partial, `${name}.${process.pid}.part`);
  await mkdir(partial, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
    throw fileError(error, partial, 'making the directory of downloads');
  });
  // Under the lock, so what a killed process left of this image belongs to nobody.
  for (const file of await readdir(partial))
    if (file.startsWith(`${name}.`)) await rm(join(partial, file), { force: true });
  try {
    await download(
      {
        id: entry.id,
        url: entry.urls[0] ?? '',
        digest: entry.digest,
        path,
        ...(entry.size === null ? {} : { sizeBytes: entry.size }),
        ...(signal === undefined ? {} : { signal }),
        onBytes: (bytesDone, bytesTotal) =>
          onProgress?.({ stage: 'downloading', bytesDone, ...(bytesTotal === undefined ? {} : { bytesTotal }) }),
      },
      deps.transport,
      deps.clock,
    );
    onProgress?.({ stage: 'verifying' });
    const { virtualSizeBytes } = await assertSafeBase(path, 'qcow2');
    const level = await deps.verify(entry, { path, digest: entry.digest }, signal);
    return await deps.store.add({
      facts: {
        id: entry.id,
        arch: entry.arch,
        name: entry.name,
        digest: entry.digest,
        level,
        format: 'qcow2',
        virtualSizeBytes,
        url: entry.urls[0] ?? '',
        fetchedAt: new Date(deps.clock.now()).toISOString(),
        ...(entry.releasedOn === undefined ? {} : { releasedOn: entry.releasedOn }),
      },
      disk: { path, name: 'disk.qcow2', digest: entry.digest },
    });
  } finally {
    await rm(path, { force: true });
  }
}
