import type { ImageEntry, VendorImage } from '../../core/image/image-entry.ts';
import type { ImageLock } from '../../core/image/lock-schema.ts';

/** Where an entry comes from is not part of a lock file. */
export function withoutOrigin(entry: VendorImage & { readonly origin?: unknown }): VendorImage {
  const { origin: _, ...kept } = entry;
  return kept;
}

const isOf = (entry: ImageEntry, { id, arch }: Pick<ImageEntry, 'id' | 'arch'>): boolean =>
  entry.id === id && entry.arch === arch;

/** In its old place, else at the end. */
export function withEntry(lock: ImageLock, entry: ImageEntry): ImageLock {
  const known = lock.images.some((other) => isOf(other, entry));
  return {
    ...lock,
    images: known ? lock.images.map((other) => (isOf(other, entry) ? entry : other)) : [...lock.images, entry],
  };
}

export function withoutEntries(lock: ImageLock, gone: readonly Pick<ImageEntry, 'id' | 'arch'>[]): ImageLock {
  return { ...lock, images: lock.images.filter((entry) => !gone.some((other) => isOf(entry, other))) };
}
