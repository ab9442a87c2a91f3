import { join } from 'node:path';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { LocalImage, ObtainableImage } from '../../core/image/image-entry.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { CachedImage, ImageCache } from '../../core/ports/image-cache.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import { createTextFiles } from '../store/text-files.ts';
import { buildImage } from './build-image.ts';
import { fetchVendorImage, type VerifyImage, verifyDigestOnly } from './fetch-vendor-image.ts';
import { createImageLocks } from './image-locks.ts';
import { createImageStore, type Inspection } from './image-store.ts';
import { localImageKey } from './local/build-local-image.ts';
import { createLocalPointers, recipeDigest } from './local-pointers.ts';
import type { TransportOptions } from './transport.ts';

export interface ImageCacheDependencies {
  /** One per user, shared by all workspaces. */
  readonly directory: string;
  readonly runner: Pick<ProcessRunner, 'identify' | 'isAlive'>;
  readonly clock: Clock;
  /** The signature check; without it nothing is ever called signed. */
  readonly verify?: VerifyImage;
  readonly transport?: TransportOptions;
}

/**
 *   by-digest/<digest>/   finished images, read-only     partial/    downloads under way
 *   local/<id>-<arch>     newest build of a local image  building/   builds under way      locks/
 */
export function createImageCache({
  directory,
  runner,
  clock,
  verify = verifyDigestOnly,
  transport = {},
}: ImageCacheDependencies): ImageCache {
  const store = createImageStore(directory, clock);
  const pointers = createLocalPointers(directory, clock);
  const locked = createImageLocks({ directory: join(directory, 'locks'), runner, clock });

  async function digestOf(entry: ObtainableImage): Promise<string | undefined> {
    if (entry.kind === 'vendor') return entry.digest;
    const pointer = await pointers.read(entry);
    return pointer?.recipe === (await recipeDigest(entry)) ? pointer.digest : undefined;
  }

  async function lookup(
    entry: ObtainableImage,
    options: { readonly verify?: boolean } = {},
  ): Promise<CachedImage | undefined> {
    const digest = await digestOf(entry);
    if (digest === undefined) return undefined;
    const found = await store.inspect(digest, options);
    if (found.state !== 'bad') return named(found, entry);
    return locked(digest, 'verify', {}, async () => {
      // Another process may have put it right while we read or waited.
      const again = await store.inspect(digest, options);
      if (again.state === 'bad') await store.remove(digest);
      return again.state === 'bad' ? tampered(entry, again) : named(again, entry);
    });
  }

  return {
    lookup,
    async fetch(entry, work = {}) {
      const askedAt = clock.now();
      const cached = work.force === true ? undefined : await lookup(entry);
      if (cached !== undefined) return cached;
      return locked(entry.digest, `download of ${entry.id}`, work, async () => {
        const found = await store.inspect(entry.digest);
        if (found.state === 'bad') await store.remove(entry.digest);
        const fresh = found.state === 'good' && (work.force !== true || Date.parse(found.image.fetchedAt) >= askedAt);
        if (fresh) return named(found, entry) ?? found.image;
        return fetchVendorImage(entry, work, { directory, store, clock, verify, transport });
      });
    },
    async build(entry, work = {}) {
      const askedAt = clock.now();
      return locked(`${entry.id}-${entry.arch}`, `build of ${entry.id}`, work, async () => {
        const cached = await upToDate(entry, work.signal);
        const fresh = cached !== undefined && (work.force !== true || Date.parse(cached.fetchedAt) >= askedAt);
        return fresh ? cached : buildImage(entry, work, { directory, store, pointers, clock });
      });
    },
    describeFile: notYet,
    addFile: notYet,
    keepEvidence: notYet,
    readEvidence: async () => undefined,
    exportImage: notYet,
    importImage: notYet,
    removePartial: notYet,
    list: () => store.list(),
    remove: (digest) => locked(digest, 'removal', {}, () => store.remove(digest)),
    sizeBytes: () => createTextFiles(clock).usage(directory),
  };

  async function upToDate(entry: LocalImage, signal = new AbortController().signal): Promise<CachedImage | undefined> {
    const pointer = await pointers.read(entry);
    if (pointer === undefined || pointer.key !== (await localImageKey({ id: entry.recipe, arch: entry.arch, signal })))
      return undefined;
    const found = await store.inspect(pointer.digest);
    if (found.state === 'bad') await store.remove(pointer.digest);
    return named(found, entry);
  }
}

async function notYet(): Promise<never> {
  throw new Error('being written');
}

/** The same bytes may be known by another id as well. */
function named(found: Inspection, { id, arch }: ObtainableImage): CachedImage | undefined {
  return found.state === 'good' ? { ...found.image, id, arch } : undefined;
}

function tampered(entry: ObtainableImage, { path, expected, found }: Extract<Inspection, { state: 'bad' }>): never {
  fail(
    'image.digest-mismatch',
    `The cached image ${entry.id} (${entry.arch}) was changed after it was verified: ${path} is ${found} and should be ${expected}. It was removed.`,
    {
      details: { id: entry.id, arch: entry.arch, path, expected, found },
      next: [`sysmonvm fetch-image --image ${entry.id}`],
    },
  );
}
