import { join } from 'node:path';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { LocalImage, ObtainableImage } from '../../core/image/image-entry.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { CachedImage, ImageCache, ImageWork } from '../../core/ports/image-cache.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import { createTextFiles } from '../store/text-files.ts';
import { addFile } from './add-file.ts';
import { buildImage } from './build-image.ts';
import { badImage } from './cache-errors.ts';
import { describeFile } from './describe-file.ts';
import { imageOffline } from './download-errors.ts';
import { partAmount, partName } from './download-part.ts';
import { exportImage } from './export-image.ts';
import { fetchVendorImage, removePart } from './fetch-vendor-image.ts';
import { createImageLocks } from './image-locks.ts';
import { createImageStore, type Inspection, type InspectOptions } from './image-store.ts';
import { importImage } from './import-image.ts';
import { type KnownImage, levelFor } from './keep-image.ts';
import { localImageKey } from './local/build-local-image.ts';
import { createLocalPointers, recipeDigest } from './local-pointers.ts';
import { removePartial } from './remove-partial.ts';
import type { TransportOptions } from './transport.ts';
import type { FindTool } from './unpack-source.ts';

export interface ImageCacheDependencies {
  /** One per user, shared by all workspaces. */
  readonly directory: string;
  readonly runner: Pick<ProcessRunner, 'identify' | 'isAlive'>;
  readonly clock: Clock;
  readonly transport?: TransportOptions;
  readonly findTool?: FindTool;
}

/**
 *   by-digest/<digest>/   finished images, read-only     partial/    downloads under way
 *   local/<id>-<arch>     newest build of a local image  building/   builds under way      locks/
 */
export function createImageCache({
  directory,
  runner,
  clock,
  transport = {},
  findTool,
}: ImageCacheDependencies): ImageCache {
  const store = createImageStore(directory, clock);
  const pointers = createLocalPointers(directory, clock);
  const locked = createImageLocks({ directory: join(directory, 'locks'), runner, clock });
  const partOf = (digest: string): string => join(directory, 'partial', partName(digest));

  async function digestOf(entry: ObtainableImage): Promise<string | undefined> {
    if (entry.kind === 'vendor') return entry.digest;
    const pointer = await pointers.read(entry);
    return pointer?.recipe === (await recipeDigest(entry)) ? pointer.digest : undefined;
  }

  async function lookup(entry: ObtainableImage, options: InspectOptions = {}): Promise<CachedImage | undefined> {
    const digest = await digestOf(entry);
    if (digest === undefined) return undefined;
    const found = asAsked(await store.inspect(digest, options), entry);
    if (found.state === 'good' || found.state === 'absent') return named(found, entry);
    return locked(digest, 'verify', options, async () => {
      // Another process may have put it right while we read or waited.
      const again = asAsked(await store.inspect(digest, options), entry);
      if (again.state === 'good' || again.state === 'absent') return named(again, entry);
      await store.discard(digest);
      throw badImage(entry, again);
    });
  }

  /** Under the lock of the digest: what another process has brought meanwhile, or what `bring` brings. */
  function obtained(
    entry: KnownImage,
    purpose: string,
    work: ImageWork,
    bring: () => Promise<CachedImage>,
  ): Promise<CachedImage> {
    const askedAt = clock.now();
    const amount = () => partAmount(partOf(entry.digest));
    return locked(entry.digest, purpose, { ...work, amount }, async () => {
      const found = asAsked(await store.inspect(entry.digest), entry);
      if (found.state === 'good' && (work.force !== true || Date.parse(found.image.fetchedAt) >= askedAt))
        return named(found, entry) ?? found.image;
      // Also what a killed process left: files without a record take room and are of no use.
      if (found.state !== 'good') await store.discard(entry.digest);
      return bring();
    });
  }

  async function upToDate(entry: LocalImage, signal = new AbortController().signal): Promise<CachedImage | undefined> {
    const pointer = await pointers.read(entry);
    if (pointer === undefined || pointer.key !== (await localImageKey({ id: entry.recipe, arch: entry.arch, signal })))
      return undefined;
    const found = await store.inspect(pointer.digest);
    if (found.state !== 'good' && found.state !== 'absent') await store.discard(pointer.digest);
    return named(found, entry);
  }

  const sources = { directory, store, clock, findTool };
  return {
    lookup,
    async fetch(entry, work = {}) {
      const cached = work.force === true ? undefined : await lookup(entry);
      if (cached !== undefined) {
        // A process that was killed between keeping the image and tidying up.
        const only = partName(entry.kind === 'vendor' ? entry.digest : cached.digest);
        await removePartial(directory, { olderThanMs: 0, only }, { runner, clock });
        return cached;
      }
      if (work.offline === true) throw imageOffline(entry.id, 'the network was forbidden');
      return obtained(entry, `download of ${entry.id}`, work, () =>
        fetchVendorImage(entry, work, { ...sources, transport }),
      );
    },
    async build(entry, work = {}) {
      if (work.offline === true) {
        const cached = work.force === true ? undefined : await lookup(entry);
        return cached ?? Promise.reject(imageOffline(entry.id, 'building it needs the network, which was forbidden'));
      }
      const askedAt = clock.now();
      return locked(`${entry.id}-${entry.arch}`, `build of ${entry.id}`, work, async () => {
        const cached = await upToDate(entry, work.signal);
        const fresh = cached !== undefined && (work.force !== true || Date.parse(cached.fetchedAt) >= askedAt);
        return fresh ? cached : buildImage(entry, work, { directory, store, pointers, clock });
      });
    },
    describeFile,
    addFile: (entry, path, work = {}) =>
      obtained(entry, `addition of ${entry.id}`, work, () => {
        const size = entry.size === null ? {} : { sizeBytes: entry.size };
        const source = { path, digest: entry.digest, unpacked: false, followLinks: true, ...size };
        return addFile(entry, source, work, sources);
      }),
    importImage: (from, entry, work = {}) =>
      obtained(entry, `import of ${entry.id}`, work, () => importImage(from, entry, work, sources)),
    exportImage: (digest, target, signal) =>
      locked(digest, 'export', signal === undefined ? {} : { signal }, async () => {
        const found = await store.inspect(digest, { verify: true, ...(signal === undefined ? {} : { signal }) });
        if (found.state === 'absent') return notCached(digest);
        if (found.state !== 'good') {
          await store.discard(digest);
          throw badImage({ id: digest }, found);
        }
        const evidence = await store.readEvidence(digest);
        const { image, record } = found;
        await exportImage({ record, path: image.path, ...(evidence === undefined ? {} : { evidence }) }, target);
      }),
    keepEvidence: (digest, evidence) => locked(digest, 'evidence', {}, () => store.keepEvidence(digest, evidence)),
    readEvidence: store.readEvidence,
    list: store.list,
    remove: (digest) =>
      locked(digest, 'removal', {}, async () => {
        await removePart(partOf(digest));
        return store.remove(digest);
      }),
    removePartial: (options) => removePartial(directory, options, { runner, clock }),
    sizeBytes: () => createTextFiles(clock).usage(directory),
  };
}

/** The lock file may know better than the record what comes out of a packed image. */
function asAsked(found: Inspection, entry: ObtainableImage): Inspection {
  const wanted = entry.kind === 'vendor' ? (entry.contentDigest ?? undefined) : undefined;
  if (found.state !== 'good' || wanted === undefined || found.image.contentDigest === undefined) return found;
  if (found.image.contentDigest === wanted) return found;
  return { state: 'changed', path: found.image.path, expected: wanted, found: found.image.contentDigest };
}

/** The same bytes may be known by another id as well. */
function named(found: Inspection, entry: ObtainableImage): CachedImage | undefined {
  if (found.state !== 'good') return undefined;
  const { id, arch } = entry;
  return { ...found.image, id, arch, ...(entry.kind === 'vendor' ? levelFor(entry, found.image) : {}) };
}

function notCached(digest: string): never {
  fail('image.not-cached', `The image ${digest} is not in the cache.`, {
    details: { digest },
    next: ['sysmonvm image list'],
  });
}
