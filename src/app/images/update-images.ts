import type { Call } from '../../core/engine.ts';
import { fail, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import { assertNotRolledBack } from '../../core/image/build-order.ts';
import { findImage } from '../../core/image/find-image.ts';
import type { VendorImage } from '../../core/image/image-entry.ts';
import type { MergedLock } from '../../core/image/merge-locks.ts';
import { signerOf } from '../../core/image/signer-of.ts';
import type { Updated, UpdateReport, UpdateRequest } from '../../core/image-operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { askVendor } from './ask-vendor.ts';
import { checkedNow } from './checked-now.ts';
import { fetchChecked } from './fetch-checked.ts';
import { withEntry, withoutOrigin } from './lock-entries.ts';
import { usableKey } from './trusted-keys.ts';
import { changesBetween, updatedEntry } from './updated-entry.ts';

interface Step {
  readonly told: Updated;
  /** To be written. */
  readonly entry?: VendorImage;
}

/**
 * Asks the vendors and writes what was verified, at the end and at once. The entry of an image whose check fails
 * stays as it is; one image alone that fails is an error.
 */
export async function updateImages(deps: Dependencies, call: Call, request: UpdateRequest): Promise<UpdateReport> {
  if (deps.offline) fail('image.offline', 'An update asks the servers of vendors, and --offline was given.');
  const merged = await deps.lockFiles.merged();
  const path = request.lockFile ?? deps.lockFiles.workspacePath;
  const steps: Step[] = [];
  for (const entry of await targets(deps, merged, request, path)) {
    call.signal.throwIfAborted();
    steps.push(await stepOf(deps, call, merged, entry, request));
  }
  const written = steps.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
  if (!request.check && written.length > 0)
    await deps.lockFiles.change(path, (lock) => written.reduce((before, entry) => withEntry(before, entry), lock));
  return reportOf(request, steps, written.length > 0 ? path : undefined);
}

function reportOf({ check }: UpdateRequest, steps: readonly Step[], lockFile: string | undefined): UpdateReport {
  return { check, ...(check || lockFile === undefined ? {} : { lockFile }), images: steps.map(({ told }) => told) };
}

/** The entries to begin with: those of the lock file that is written, where it has them. */
async function targets(
  deps: Dependencies,
  merged: MergedLock,
  { image, lockFile }: UpdateRequest,
  path: string,
): Promise<readonly VendorImage[]> {
  const target = lockFile === undefined ? undefined : await deps.lockFiles.read(path);
  const current = (id: string, arch: string): VendorImage | undefined => {
    const of = (images: MergedLock['images']) => images.find((entry) => entry.id === id && entry.arch === arch);
    const entry = target?.images.find((known) => known.id === id && known.arch === arch) ?? of(merged.images);
    return entry?.kind === 'vendor' ? withoutOrigin(entry) : undefined;
  };
  if (image !== undefined) {
    const arch = image.arch ?? deps.hostArch;
    findImage(merged, image.id, arch);
    const entry = current(image.id, arch);
    if (entry === undefined)
      fail('usage.invalid-argument', `${image.id} is built on this host; there is no vendor to ask.`, {
        next: [`sysmonvm image build ${image.id} --force`],
      });
    return [entry];
  }
  return (target ?? merged).images.flatMap(({ id, arch }) => current(id, arch) ?? []);
}

async function stepOf(
  deps: Dependencies,
  call: Call,
  merged: MergedLock,
  entry: VendorImage,
  request: UpdateRequest,
): Promise<Step> {
  try {
    return await update(deps, call, merged, entry, request);
  } catch (error) {
    if (request.image !== undefined || !(error instanceof SysmonvmError) || call.signal.aborted) throw error;
    const { code, message } = error;
    return { told: { ...same(entry), outcome: 'failed', problem: { code, message } } };
  }
}

function same({ id, arch, provenance: { level } }: VendorImage): Omit<Updated, 'outcome'> {
  return { id, arch, level, changes: [] };
}

async function update(
  deps: Dependencies,
  call: Call,
  merged: MergedLock,
  entry: VendorImage,
  { check, allowDowngrade, lockFile }: UpdateRequest,
): Promise<Step> {
  const { level, method, signature } = entry.provenance;
  if (level === 'pinned' && signature === undefined)
    return {
      told: { ...same(entry), outcome: 'not-checkable', reason: entry.provenance.reason ?? 'It names no key.' },
    };
  const keyId = level === 'tls-only' ? undefined : signature?.key;
  const key =
    keyId === undefined ? undefined : await usableKey(deps, call, merged, keyId, { refresh: true, keep: !check });
  const answer = await askVendor(deps, call, entry, method === 'image' ? undefined : key);
  const { found } = answer;
  const signedAt = answer.signature?.by.created;
  assertNotRolledBack(
    { ...entry, sizeBytes: entry.size, signedAt: signature?.created ?? null },
    { ...found, ...(signedAt === undefined ? {} : { signedAt }) },
    { allowDowngrade },
  );
  const announced = updatedEntry(entry, answer, checkedNow(deps));
  if (lockFile === undefined) await assertCounts(deps, announced);
  const behind = announced.digest !== entry.digest || announced.fileName !== entry.fileName;
  const told = { id: entry.id, arch: entry.arch, ...signerOf(announced) };
  if (check) {
    const changes = changesBetween(entry, announced);
    return { told: { ...told, level, outcome: behind ? 'behind' : 'current', changes } };
  }
  const complete = await fetchChecked(deps, call, announced, answer, key);
  const changes = changesBetween(entry, complete);
  return {
    entry: complete,
    told: { ...told, level: complete.provenance.level, outcome: behind ? 'updated' : 'verified', changes },
  };
}

/** In a workspace an update that is older than the shipped entry is passed over, so it must not be written. */
async function assertCounts(deps: Dependencies, announced: VendorImage): Promise<void> {
  const { images } = await deps.lockFiles.read(deps.lockFiles.shippedPath);
  const shipped = images.find(({ id, arch }) => id === announced.id && arch === announced.arch);
  if (shipped?.kind === 'vendor') assertNotRolledBack(shipped, announced, { allowDowngrade: false });
}
