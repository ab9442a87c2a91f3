import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { digestSchema, fileNamePattern, imageId, type VendorImage } from '../../core/image/image-entry.ts';
import type { MergedLock } from '../../core/image/merge-locks.ts';
import { trustAnchor } from '../../core/image/trust-anchors.ts';
import type { AddImageRequest, ImageFacts } from '../../core/image-operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { askVendor } from './ask-vendor.ts';
import { checkedNow } from './checked-now.ts';
import { describeImage, viewCache } from './describe-image.ts';
import { draftEntry } from './draft-entry.ts';
import { fetchChecked } from './fetch-checked.ts';
import { withEntry } from './lock-entries.ts';
import { usableKey } from './trusted-keys.ts';
import { updatedEntry } from './updated-entry.ts';

/** Written at the end, when everything that was asked for has been checked. */
export async function addImage(deps: Dependencies, call: Call, request: AddImageRequest): Promise<ImageFacts> {
  const merged = await deps.lockFiles.merged();
  const draft = draftEntry(request, deps.hostArch);
  assertFree(merged, draft);
  const entry = isUrl(request.source)
    ? await fromUrl(deps, call, merged, request, draft)
    : await fromFile(deps, call, request, draft);
  await deps.lockFiles.change(deps.lockFiles.workspacePath, (lock) => withEntry(lock, entry));
  const now = await deps.lockFiles.merged();
  const locked = now.images.find(({ id, arch }) => id === entry.id && arch === entry.arch);
  if (locked === undefined) throw new Error(`${entry.id} was written and is not there`);
  return describeImage(deps, now, locked, await viewCache(deps));
}

export const isUrl = (source: string): boolean => /^[a-z][a-z0-9+.-]*:\/\//i.test(source);

function assertFree(merged: MergedLock, draft: VendorImage): void {
  if (!imageId.safeParse(draft.id).success)
    fail('usage.invalid-argument', `The id of an image is lower-case words joined by "-", not "${draft.id}".`);
  const known = merged.images.filter(({ id }) => id === draft.id);
  if (known.some(({ origin }) => origin === 'shipped'))
    fail('image.id-reserved', `The id "${draft.id}" belongs to an image that comes with sysmonvm.`, {
      details: { id: draft.id },
      next: [`sysmonvm image show ${draft.id}`],
    });
  if (known.some(({ arch }) => arch === draft.arch))
    fail('image.id-reserved', `There is an image "${draft.id}" for ${draft.arch} in this workspace already.`, {
      details: { id: draft.id, arch: draft.arch },
      next: [`sysmonvm image remove ${draft.id} --arch ${draft.arch}`],
    });
}

async function fromUrl(
  deps: Dependencies,
  call: Call,
  merged: MergedLock,
  { digest, signature, checksums }: AddImageRequest,
  draft: VendorImage,
): Promise<VendorImage> {
  if (!fileNamePattern.test(draft.fileName))
    fail('image.bad-name', `The URL does not end with a plain file name: ${JSON.stringify(draft.fileName)}.`);
  if (checksums === undefined && signature === undefined) return draft;
  if (deps.offline) fail('image.offline', 'The list of digests is on a server, and --offline was given.');
  if (signature !== undefined && trustAnchor(signature.key) !== undefined)
    fail('image.id-reserved', `The key "${signature.key}" comes with sysmonvm and vouches for shipped images only.`, {
      details: { key: signature.key },
      next: ['sysmonvm image key add FILE --fingerprint FINGERPRINT --id ID'],
    });
  const key =
    signature === undefined
      ? undefined
      : await usableKey(deps, call, merged, signature.key, { refresh: false, keep: false });
  if (checksums === undefined) return fetchChecked(deps, call, draft, {}, key);
  const answer = await askVendor(deps, call, draft, draft.provenance.method === 'image' ? undefined : key);
  assertAgrees(draft, digest, answer.found);
  const announced = updatedEntry(draft, answer, checkedNow(deps));
  return key === undefined ? announced : fetchChecked(deps, call, announced, answer, key);
}

/** The URL that was given is the image that is meant, not another one of the list. */
function assertAgrees(
  draft: VendorImage,
  digest: string | undefined,
  found: { readonly fileName: string; readonly digest: string },
): void {
  if (draft.namePattern === undefined && found.fileName !== draft.fileName)
    fail('image.not-listed', `The list of digests does not have ${draft.fileName}.`);
  if (digest !== undefined && digest !== found.digest)
    fail('image.digest-mismatch', `The list says ${found.digest} for ${found.fileName}; --digest is ${digest}.`, {
      details: { expected: digest, found: found.digest },
    });
}

async function fromFile(
  deps: Dependencies,
  call: Call,
  request: AddImageRequest,
  draft: VendorImage,
): Promise<VendorImage> {
  if (request.checksums !== undefined || request.signature !== undefined || request.acknowledged !== undefined)
    fail('usage.invalid-argument', 'A file of this host takes --digest only; its bytes are what is pinned.', {
      next: ['sysmonvm image add --help'],
    });
  const images = await deps.images();
  const described = await images.describeFile(request.source, call.signal);
  const digest = request.digest ?? described.digest;
  const entry: VendorImage = {
    ...draft,
    digest: digestSchema.parse(digest),
    size: described.sizeBytes,
    compression: described.compression,
    format: described.format ?? draft.format,
    virtualSize: described.virtualSizeBytes ?? null,
  };
  const cached = await images.addFile(entry, request.source, { signal: call.signal });
  return { ...entry, virtualSize: cached.virtualSizeBytes };
}
