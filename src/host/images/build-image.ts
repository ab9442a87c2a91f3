import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { LocalImage } from '../../core/image/image-entry.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { CachedImage, ImageWork } from '../../core/ports/image-cache.ts';
import { fileError } from '../store/file-errors.ts';
import type { ImageStore } from './image-store.ts';
import { buildLocalImage } from './local/build-local-image.ts';
import { removeTree } from './local/scratch.ts';
import { type LocalPointers, recipeDigest } from './local-pointers.ts';

export interface BuildDependencies {
  readonly directory: string;
  readonly store: ImageStore;
  readonly pointers: LocalPointers;
  readonly clock: Clock;
}

/** Builds and registers; the caller holds the lock of id and architecture. */
export async function buildImage(
  entry: LocalImage,
  work: ImageWork,
  { directory, store, pointers, clock }: BuildDependencies,
): Promise<CachedImage> {
  const building = join(directory, 'building');
  const prefix = `${entry.id}-${entry.arch}.`;
  await mkdir(building, { recursive: true, mode: 0o755 }).catch((error: unknown) => {
    throw fileError(error, building, 'making the directory of image builds');
  });
  // Under the lock, so what a killed build left belongs to nobody.
  for (const name of await readdir(building)) if (name.startsWith(prefix)) await removeTree(join(building, name));
  const workDir = await mkdtemp(join(building, prefix));
  try {
    const built = await buildLocalImage({
      id: entry.recipe,
      arch: entry.arch,
      workDir,
      outDir: join(workDir, 'out'),
      signal: work.signal ?? new AbortController().signal,
      onProgress: (progress) => work.onProgress?.({ stage: 'building', ...progress }),
    });
    const image = await store.add({
      facts: {
        id: entry.id,
        arch: entry.arch,
        name: entry.name,
        digest: built.digest,
        level: 'local',
        format: 'qcow2',
        virtualSizeBytes: built.virtualSizeBytes,
        kernelCommandLine: built.kernelCommandLine,
        packages: built.packages,
        fetchedAt: new Date(clock.now()).toISOString(),
      },
      disk: { path: built.diskPath, name: 'disk.qcow2', digest: built.digest },
      kernel: { path: built.kernelPath, name: 'vmlinuz' },
      initrd: { path: built.initrdPath, name: 'initrd' },
    });
    await pointers.write(entry, { digest: built.digest, key: built.recipeDigest, recipe: await recipeDigest(entry) });
    return image;
  } finally {
    await removeTree(workDir);
  }
}
