import type { Call } from '../../core/engine.ts';
import { findImage } from '../../core/image/find-image.ts';
import type { LockedImage, MergedLock } from '../../core/image/merge-locks.ts';
import { signerOf } from '../../core/image/signer-of.ts';
import type { ImageChoiceOf, ImageFacts, ImagePage } from '../../core/image-operations.ts';
import { levelMeaning, whatRaises, whyNotSigned } from '../../core/view/image-trust.ts';
import type { Dependencies } from '../dependencies.ts';
import { cachedOf, describeImage, viewCache } from './describe-image.ts';
import { keyState } from './key-state.ts';

export async function listImages(deps: Dependencies): Promise<readonly ImageFacts[]> {
  const [merged, view] = await Promise.all([deps.lockFiles.merged(), viewCache(deps)]);
  return Promise.all(merged.images.map((entry) => describeImage(deps, merged, entry, view)));
}

export async function showImage(deps: Dependencies, call: Call, image: ImageChoiceOf): Promise<ImagePage> {
  const [merged, view] = await Promise.all([deps.lockFiles.merged(), viewCache(deps)]);
  const entry = findImage(merged, image.id, image.arch ?? deps.hostArch);
  const facts = await describeImage(deps, merged, entry, view);
  const reason = whyNotSigned(entry);
  const toRaise = whatRaises(entry, facts.stale);
  const cached = await cachedOf(deps, entry, view);
  return {
    ...facts,
    levelMeans: levelMeaning(entry.provenance.level, facts.key?.origin),
    ...(reason === undefined ? {} : { reason }),
    ...(toRaise === undefined ? {} : { toRaise }),
    evidence: await evidenceOf(deps, entry, cached !== undefined),
    ...(entry.kind === 'local' ? { urls: [], recipe: entry.recipe } : await vendorPage(deps, call, merged, entry)),
    ...(cached === undefined ? {} : { virtualSizeBytes: cached.virtualSizeBytes }),
  };
}

async function vendorPage(
  deps: Dependencies,
  call: Call,
  merged: MergedLock,
  entry: Extract<LockedImage, { kind: 'vendor' }>,
): Promise<Partial<ImagePage> & Pick<ImagePage, 'urls'>> {
  const { checksums, signature, verifiedWith } = entry.provenance;
  const { signer } = signerOf(entry);
  const state = signature === undefined ? undefined : await keyState(deps, call, merged, signature.key);
  const userId = state?.userId === undefined ? {} : { userId: state.userId };
  return {
    urls: entry.urls,
    ...(entry.virtualSize === null ? {} : { virtualSizeBytes: entry.virtualSize }),
    ...(checksums === undefined ? {} : { checksums: withoutNull(checksums) }),
    ...(signature === undefined ? {} : { signature: { ...withoutNull(signature), form: signature.form } }),
    ...(signer === undefined ? {} : { signer: { ...signer, ...userId } }),
    ...(state === undefined ? {} : { keyState: state }),
    ...(verifiedWith === null ? {} : { verifiedWith }),
  };
}

function withoutNull({ url, sha256 }: { readonly url: string; readonly sha256: string | null }) {
  return { url, ...(sha256 === null ? {} : { sha256 }) };
}

async function evidenceOf(deps: Dependencies, entry: LockedImage, cached: boolean): Promise<ImagePage['evidence']> {
  if (!cached || entry.kind === 'local') return 'none';
  const kept = await (await deps.images()).readEvidence(entry.digest);
  if (kept?.checksums === undefined && kept?.signature === undefined) return 'none';
  const { method, signature } = entry.provenance;
  const needsList = method === 'checksums';
  const complete =
    (!needsList || kept.checksums !== undefined) && (signature === undefined || kept.signature !== undefined);
  return complete ? 'complete' : 'incomplete';
}
