import type { ImageSigner } from '../plan/vm-plan.ts';
import type { ImageEntry } from './image-entry.ts';
import { trustAnchor } from './trust-anchors.ts';

/** Ids of shipped keys are those of the source; a workspace may not use them. */
export function originOfKey(id: string): 'shipped' | 'workspace' {
  return trustAnchor(id) === undefined ? 'workspace' : 'shipped';
}

/** Who signed, as an entry records it; nothing at any level but signed. */
export function signerOf(entry: ImageEntry): { readonly signer?: ImageSigner } {
  if (entry.kind === 'local' || entry.provenance.level !== 'signed' || entry.provenance.signature === undefined)
    return {};
  const { key, signingFingerprint, hash, created } = entry.provenance.signature;
  return {
    signer: {
      key,
      fingerprint: signingFingerprint,
      origin: originOfKey(key),
      ...(hash === null ? {} : { hash }),
      ...(created === null ? {} : { created }),
    },
  };
}
