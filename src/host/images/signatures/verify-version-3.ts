/**
 * Version 3 signature packets (RFC 4880, 5.2.2), which openSUSE still makes and the OpenPGP package skips without a
 * word. Only RSA with PKCS#1 v1.5 and a SHA-2 hash. What is hashed: the data, the type and the time of the signature.
 */
import { createHash, createPublicKey, createVerify, type KeyObject } from 'node:crypto';
import type { Key, Subkey } from 'openpgp';
import type { HashName } from '../../../core/image/image-entry.ts';
import type { ChosenSignature } from './signature-file.ts';
import { openData, type SignedData } from './signed-data.ts';

const rsaAlgorithms: ReadonlySet<number> = new Set([1, 3]);

/** Why it does not verify; undefined when it does. */
export async function verifyVersion3(
  { packet, facts }: ChosenSignature,
  hash: HashName,
  signer: Key | Subkey,
  data: SignedData,
): Promise<string | undefined> {
  const { n, e } = signer.keyPacket.publicParams as { readonly n?: Uint8Array; readonly e?: Uint8Array };
  const [signature] = facts.numbers;
  if (!rsaAlgorithms.has(facts.keyAlgorithm) || facts.keyAlgorithm !== signer.keyPacket.algorithm)
    return 'the signature is not of the key algorithm';
  if (n === undefined || e === undefined || signature === undefined) return 'the key is no RSA key';
  if (signature.length > n.length) return 'the signature is longer than the key';
  const digest = createHash(hash);
  const verifier = createVerify(hash);
  for await (const chunk of openData(data)) {
    digest.update(chunk as Uint8Array);
    verifier.update(chunk as Uint8Array);
  }
  const trailer = packet.body.subarray(2, 7);
  verifier.update(trailer);
  if (!digest.update(trailer).digest().subarray(0, 2).equals(facts.digestStart)) return 'the digest does not match';
  const padded = Buffer.concat([Buffer.alloc(n.length - signature.length), signature]);
  return verifier.verify(rsaKey(n, e), padded) ? undefined : 'the signature does not match';
}

function rsaKey(n: Uint8Array, e: Uint8Array): KeyObject {
  const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url');
  return createPublicKey({ key: { kty: 'RSA', n: text(n), e: text(e) }, format: 'jwk' });
}
