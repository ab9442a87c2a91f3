import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { SigningKey } from '../../core/image/image-entry.ts';
import type { MergedLock } from '../../core/image/merge-locks.ts';
import type { ImageSigner } from '../../core/plan/vm-plan.ts';
import type { SignedBy } from '../../core/ports/signatures.ts';

/** @throws image.key-unknown */
export function keyOf(lock: MergedLock, id: string): SigningKey {
  if (Object.hasOwn(lock.keys, id) && lock.keys[id] !== undefined) return lock.keys[id];
  return fail('image.key-unknown', `There is no key "${id}". Known keys: ${Object.keys(lock.keys).join(', ')}.`, {
    details: { id, known: Object.keys(lock.keys) },
    next: ['sysmonvm image key list'],
  });
}

export function signerFrom(by: SignedBy): ImageSigner & { readonly userId: string } {
  return {
    key: by.keyId,
    fingerprint: by.signingFingerprint,
    origin: by.origin === 'shipped' ? 'shipped' : 'workspace',
    hash: by.hash,
    created: by.created,
    userId: by.userId,
  };
}
