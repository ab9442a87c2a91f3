import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { LockedImage, MergedLock } from '../../core/image/merge-locks.ts';
import { originOfKey } from '../../core/image/signer-of.ts';
import type { CachedFacts, ImageFacts } from '../../core/image-operations.ts';
import type { CachedImage } from '../../core/ports/image-cache.ts';
import { daysSince, isStale, trustLabel } from '../../core/view/image-trust.ts';
import type { Dependencies } from '../dependencies.ts';

/** What is cached and who uses it, read once for many images. */
export interface CacheView {
  readonly images: readonly CachedImage[];
  readonly usersOf: (path: string) => readonly string[];
}

export async function viewCache(deps: Dependencies): Promise<CacheView> {
  const [images, { vms }] = await Promise.all([(await deps.images()).list(), deps.store.list()]);
  return {
    images,
    usersOf: (path) => vms.filter((vm) => vm.ledger.kept.baseImagePath === path).map((vm) => vm.identity.name),
  };
}

/** Of a local image the newest build only; one that an older recipe made is not it. */
export async function cachedOf(
  deps: Dependencies,
  entry: LockedImage,
  view: CacheView,
): Promise<CachedImage | undefined> {
  if (entry.kind === 'vendor') return view.images.find(({ digest }) => digest === entry.digest);
  return (await deps.images()).lookup(entry).catch((error: unknown) => {
    if (error instanceof SysmonvmError && error.kind === 'image') return undefined;
    throw error;
  });
}

export async function describeImage(
  deps: Dependencies,
  merged: MergedLock,
  entry: LockedImage,
  view: CacheView,
): Promise<ImageFacts> {
  const cached = await cachedOf(deps, entry, view);
  const common = {
    id: entry.id,
    arch: entry.arch,
    name: entry.name,
    kind: entry.kind,
    origin: entry.origin,
    level: entry.provenance.level,
    ...(cached === undefined ? {} : { cached: await cachedFacts(deps, cached, view) }),
  };
  if (entry.kind === 'local')
    return {
      ...common,
      trust: 'local',
      stale: false,
      ...(cached === undefined ? {} : { digest: cached.digest, sizeBytes: await deps.files.size(cached.path) }),
    };
  return { ...common, ...vendorFacts(deps, merged, entry, cached), ...(await sizeFacts(deps, entry, cached)) };
}

async function cachedFacts(deps: Dependencies, cached: CachedImage, view: CacheView): Promise<CachedFacts> {
  return {
    path: cached.path,
    sizeBytes: await deps.files.size(cached.path),
    since: cached.fetchedAt,
    usedBy: view.usersOf(cached.path),
  };
}

async function sizeFacts(
  deps: Dependencies,
  { size, compression }: Extract<LockedImage, { kind: 'vendor' }>,
  cached: CachedImage | undefined,
): Promise<{ readonly sizeBytes?: number }> {
  if (size !== null) return { sizeBytes: size };
  return cached === undefined || compression !== 'none' ? {} : { sizeBytes: await deps.files.size(cached.path) };
}

function vendorFacts(
  deps: Dependencies,
  merged: MergedLock,
  entry: Extract<LockedImage, { kind: 'vendor' }>,
  cached: CachedImage | undefined,
) {
  const now = deps.clock.now();
  const { level, signature, verifiedAt } = entry.provenance;
  const releasedOn = entry.releasedOn ?? cached?.releasedOn;
  const [ageDays, verifiedDaysAgo] = [daysSince(releasedOn, now), daysSince(verifiedAt, now)];
  const keyId = signature?.key;
  const key = keyId === undefined ? undefined : merged.keys[keyId];
  const origin = keyId === undefined ? undefined : originOfKey(keyId);
  const { release, version, build } = entry;
  return {
    // A user's file without a name pattern has no version.
    ...(entry.distro === 'custom' && build === '0' ? {} : { release, version, build }),
    trust: trustLabel(level, origin),
    digest: entry.digest,
    stale: isStale(verifiedAt, now),
    ...(keyId === undefined || key === undefined || origin === undefined
      ? {}
      : { key: { id: keyId, fingerprint: key.fingerprint, origin } }),
    ...(releasedOn === undefined ? {} : { releasedOn }),
    ...(ageDays === undefined ? {} : { ageDays }),
    ...(verifiedAt === null ? {} : { verifiedAt }),
    ...(verifiedDaysAgo === undefined ? {} : { verifiedDaysAgo }),
  };
}
