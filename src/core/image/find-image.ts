import { fail } from '../errors/sysmonvm-error.ts';
import type { GuestArch } from '../host-facts.ts';
import { didYouMean } from '../ids/near-matches.ts';
import type { ImageEntry } from './image-entry.ts';

export function imageIds(lock: { readonly images: readonly ImageEntry[] }): string[] {
  return [...new Set(lock.images.map((entry) => entry.id))];
}

/** @throws image.unknown naming the ids there are, the nearest first. */
export function findImage<E extends ImageEntry>(
  lock: { readonly images: readonly E[] },
  id: string,
  arch: GuestArch,
): E {
  const found = lock.images.find((entry) => entry.id === id && entry.arch === arch);
  if (found !== undefined) return found;
  const ids = imageIds(lock);
  const otherArchs = lock.images.filter((entry) => entry.id === id).map((entry) => entry.arch);
  if (otherArchs.length > 0) {
    fail(
      'image.unknown',
      `There is no image "${id}" for ${arch}; the lock file has it for ${otherArchs.join(' and ')}.`,
      {
        details: { id, arch, otherArchs, known: ids },
        next: otherArchs.map((other) => `sysmonvm vm-create --image ${id} --arch ${other}`),
      },
    );
  }
  fail('image.unknown', `There is no image "${id}".${didYouMean(id, ids)} Known images: ${ids.join(', ')}.`, {
    details: { id, arch, known: ids },
    next: ['sysmonvm fetch-image --help'],
  });
}
