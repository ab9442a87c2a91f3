import type { Call } from '../../core/engine.ts';
import { fail, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import { findImage } from '../../core/image/find-image.ts';
import type { RemoteImage } from '../../core/image/image-entry.ts';
import type { LockedImage, MergedLock } from '../../core/image/merge-locks.ts';
import type { ImageChoiceOf, Verified } from '../../core/image-operations.ts';
import type { CachedImage } from '../../core/ports/image-cache.ts';
import type { SignedBy } from '../../core/ports/signatures.ts';
import { daysSince, isStale } from '../../core/view/image-trust.ts';
import type { Dependencies } from '../dependencies.ts';
import { listedIn } from './ask-vendor.ts';
import { signerFrom } from './lock-keys.ts';
import { usableKey } from './trusted-keys.ts';

interface Options {
  readonly image?: ImageChoiceOf;
  readonly maxAgeDays?: number;
}

/** Bytes against digest, digest against the kept list, list against its signature; nothing is fetched. */
export async function verifyImages(
  deps: Dependencies,
  call: Call,
  { image, maxAgeDays }: Options,
): Promise<readonly Verified[]> {
  const merged = await deps.lockFiles.merged();
  if (image !== undefined) {
    const entry = findImage(merged, image.id, image.arch ?? deps.hostArch);
    const checked = await verifyOne(deps, call, merged, entry, maxAgeDays);
    if (checked === undefined)
      fail('image.not-cached', `${entry.id} (${entry.arch}) is not in the cache.`, {
        next: [`sysmonvm image pull ${entry.id} --arch ${entry.arch}`],
      });
    return [checked];
  }
  const results: Verified[] = [];
  for (const entry of merged.images) {
    call.signal.throwIfAborted();
    const checked = await verifyOne(deps, call, merged, entry, maxAgeDays).catch((error: unknown) =>
      failed(deps, entry, error),
    );
    if (checked !== undefined) results.push(checked);
  }
  return [...results, ...(await verifyUnlisted(deps, call, results))];
}

/** Bytes that no entry names any more, of which VMs may still live. */
async function verifyUnlisted(
  deps: Dependencies,
  call: Call,
  known: readonly Verified[],
): Promise<readonly Verified[]> {
  const images = await deps.images();
  const unlisted = (await images.list()).filter(({ digest }) => !known.some((other) => other.digest === digest));
  const results: Verified[] = [];
  for (const image of unlisted) {
    call.signal.throwIfAborted();
    const { id, arch, digest, level } = image;
    const facts = { id, arch, digest, level, stale: false, signature: 'not-kept' } as const;
    try {
      const found = await images.lookup(entryOfCached(image), { verify: true });
      if (found !== undefined) results.push({ ...facts, bytes: 'right' });
    } catch (error) {
      if (!(error instanceof SysmonvmError)) throw error;
      results.push({ ...facts, bytes: 'wrong', problem: { code: error.code, message: error.message } });
    }
  }
  return results;
}

function entryOfCached({ id, arch, digest, format }: CachedImage): RemoteImage {
  return {
    ...{ kind: 'vendor', id, arch, name: id, digest, size: null, urls: [], redirectHosts: [], compression: 'none' },
    format: format === 'raw' ? 'raw' : 'qcow2',
    provenance: { level: 'pinned', method: 'none', verifiedAt: null, verifiedWith: null },
  };
}

function failed(deps: Dependencies, entry: LockedImage, error: unknown): Verified {
  if (!(error instanceof SysmonvmError)) throw error;
  const { code, message } = error;
  const wrongBytes = code === 'image.digest-mismatch';
  return {
    ...common(deps, entry),
    digest: entry.kind === 'vendor' ? entry.digest : '',
    bytes: wrongBytes ? 'wrong' : 'right',
    signature: wrongBytes || code === 'image.stale' ? 'not-kept' : 'bad',
    problem: { code, message },
  };
}

function common(deps: Dependencies, entry: LockedImage) {
  const verifiedAt = entry.kind === 'vendor' ? entry.provenance.verifiedAt : undefined;
  const now = deps.clock.now();
  const verifiedDaysAgo = daysSince(verifiedAt, now);
  return {
    id: entry.id,
    arch: entry.arch,
    level: entry.provenance.level,
    stale: isStale(verifiedAt, now),
    ...(verifiedDaysAgo === undefined ? {} : { verifiedDaysAgo }),
  };
}

async function verifyOne(
  deps: Dependencies,
  call: Call,
  merged: MergedLock,
  entry: LockedImage,
  maxAgeDays: number | undefined,
): Promise<Verified | undefined> {
  const cached = await (await deps.images()).lookup(entry, { verify: true });
  if (cached === undefined) return undefined;
  if (maxAgeDays !== undefined) assertFresh(deps, entry, maxAgeDays);
  const facts = { ...common(deps, entry), digest: cached.digest, bytes: 'right' } as const;
  if (entry.kind === 'local' || entry.provenance.signature === undefined) return { ...facts, signature: 'none' };
  const by = await checkEvidence(deps, call, merged, entry, cached);
  if (by === undefined) return { ...facts, signature: 'not-kept' };
  return { ...facts, signature: 'good', signer: signerFrom(by) };
}

function assertFresh(deps: Dependencies, entry: LockedImage, maxAgeDays: number): void {
  if (entry.kind === 'local') return;
  const { verifiedAt } = entry.provenance;
  const days = daysSince(verifiedAt, deps.clock.now());
  if (days !== undefined && days <= maxAgeDays) return;
  const when = days === undefined ? 'was never checked' : `was checked ${days} days ago`;
  fail('image.stale', `The signature of ${entry.id} (${entry.arch}) ${when}; at most ${maxAgeDays} days are allowed.`, {
    details: { id: entry.id, arch: entry.arch, verifiedAt, maxAgeDays },
    next: [`sysmonvm image update ${entry.id} --arch ${entry.arch}`],
  });
}

/** undefined: the files of the vendor are not in the cache. */
export async function checkEvidence(
  deps: Dependencies,
  call: Call,
  merged: MergedLock,
  entry: Extract<LockedImage, { kind: 'vendor' }>,
  cached: CachedImage,
): Promise<SignedBy | undefined> {
  const named = entry.provenance.signature;
  const kept = await (await deps.images()).readEvidence(entry.digest);
  if (named === undefined || kept?.signature === undefined) return undefined;
  const { key } = await usableKey(deps, call, merged, named.key, { refresh: false, keep: false });
  const checker = await deps.signatures();
  const now = new Date(deps.clock.now());
  if (entry.provenance.method === 'image')
    return (await checker.checkFile({ path: cached.path, signature: kept.signature, key, now, signal: call.signal }))
      .by;
  if (kept.checksums === undefined) return undefined;
  const { signedText, by } = await checker.checkText({
    form: named.form,
    file: kept.checksums,
    ...(named.form === 'clearsigned' ? {} : { signature: kept.signature }),
    key,
    now,
  });
  const listed = listedIn(entry, signedText, true, named.url).get(entry.fileName);
  if (listed?.digest !== entry.digest)
    fail(
      'image.not-listed',
      `The kept list, whose signature is good, does not have ${entry.fileName} as ${entry.digest}.`,
      {
        details: { id: entry.id, arch: entry.arch, expected: entry.digest, found: listed?.digest ?? null },
      },
    );
  return by;
}
