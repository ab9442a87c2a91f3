import type { Call } from '../../core/engine.ts';
import type { VendorImage } from '../../core/image/image-entry.ts';
import type { SignedBy } from '../../core/ports/signatures.ts';
import type { Dependencies } from '../dependencies.ts';
import { fetchSignature, type VendorAnswer, type VendorFile } from './ask-vendor.ts';
import { obtainImage } from './obtain-image.ts';
import type { UsableKey } from './trusted-keys.ts';
import { signedProvenance } from './updated-entry.ts';

/** What the served file itself tells, before it is unpacked and kept. */
interface Served {
  readonly sizeBytes: number;
  readonly signature?: VendorFile & { readonly by: SignedBy };
}

/**
 * Downloads what an entry announces, held to its digest; checks a signature over the image itself before it is kept;
 * keeps what vouches for it beside it. Returns the entry with what only the bytes tell.
 */
export async function fetchChecked(
  deps: Dependencies,
  call: Call,
  entry: VendorImage,
  answer: Partial<Pick<VendorAnswer, 'signature' | 'checksums'>>,
  key: UsableKey | undefined,
): Promise<VendorImage> {
  const images = await deps.images();
  let served: Served | undefined;
  const look = async ({ path }: { readonly path: string }): Promise<void> => {
    served = await inspect(deps, call, entry, path, key);
  };
  // A packed file is gone once it is unpacked: what only it tells has to be fetched again.
  const needsPacked = entry.compression !== 'none' && (entry.size === null || entry.provenance.method === 'image');
  const cached = await obtainImage(deps, call, entry, { force: needsPacked, beforeKeeping: look });
  if (served === undefined && entry.compression === 'none') await look(cached);
  const { sizeBytes, signature: over } = (served as Served | undefined) ?? { sizeBytes: entry.size };
  const { verifiedAt, verifiedWith } = entry.provenance;
  const checked = { at: verifiedAt ?? '', with: verifiedWith ?? '' };
  const signature = over ?? answer.signature;
  await images.keepEvidence(entry.digest, {
    ...(answer.checksums === undefined ? {} : { checksums: answer.checksums.bytes }),
    ...(signature === undefined ? {} : { signature: signature.bytes, signer: signature.by }),
    verifiedAt: checked.at,
    verifiedWith: checked.with,
  });
  return {
    ...entry,
    size: sizeBytes,
    virtualSize: cached.virtualSizeBytes,
    ...(over === undefined ? {} : { provenance: signedProvenance(entry.provenance, over, over.by, checked) }),
  };
}

async function inspect(
  deps: Dependencies,
  call: Call,
  entry: VendorImage,
  path: string,
  key: UsableKey | undefined,
): Promise<Served> {
  const sizeBytes = await deps.files.size(path);
  const { method, signature: named } = entry.provenance;
  if (method !== 'image' || named === undefined || key === undefined) return { sizeBytes };
  const signature = await fetchSignature(deps, call, entry.id, named.url);
  const { by } = await (await deps.signatures()).checkFile({
    path,
    signature: signature.bytes,
    key: key.key,
    now: new Date(deps.clock.now()),
    signal: call.signal,
  });
  return { sizeBytes, signature: { ...signature, by } };
}
