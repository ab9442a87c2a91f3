import { createHash, createPrivateKey, sign } from 'node:crypto';
import type { ThrowawayKey } from './throwaway-keys.ts';

const hashIds: Readonly<Record<string, number>> = { sha1: 2, sha256: 8, sha384: 9, sha512: 10, sha224: 11 };

export interface Version3Options {
  readonly created: Date;
  readonly hash?: string;
  readonly type?: number;
  readonly algorithm?: number;
}

/** A signature as obs-sign of openSUSE makes it (RFC 4880, 5.2.2); nobody else's program makes them any more. */
export function signVersion3(data: Uint8Array, key: ThrowawayKey, options: Version3Options): Uint8Array {
  const { created, hash = 'sha512', type = 0, algorithm = 1 } = options;
  const signed = Buffer.alloc(5);
  signed[0] = type;
  signed.writeUInt32BE(created.getTime() / 1000, 1);
  const toHash = Buffer.concat([data, signed]);
  const value = sign(hash, toHash, privateKeyOf(key));
  const number = value.subarray(value.findIndex((byte) => byte !== 0));
  const bits = number.length * 8 - (Math.clz32(number[0] ?? 0) - 24);
  const digest = createHash(hash).update(toHash).digest();
  const body = Buffer.concat([
    Buffer.from([3, 5]),
    signed,
    Buffer.from(key.fingerprint.slice(-16), 'hex'),
    Buffer.from([algorithm, hashIds[hash] ?? 0]),
    digest.subarray(0, 2),
    Buffer.from([bits >> 8, bits & 255]),
    number,
  ]);
  return Buffer.concat([Buffer.from([0x89, body.length >> 8, body.length & 255]), body]);
}

const toNumber = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
const toText = (value: Uint8Array | bigint): string => {
  if (typeof value !== 'bigint') return Buffer.from(value).toString('base64url');
  const digits = value.toString(16);
  return Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex').toString('base64url');
};

/** OpenPGP keeps the inverse of p modulo q, JWK that of q modulo p: the primes change places. */
function privateKeyOf({ pair }: ThrowawayKey) {
  const { n, e } = pair.privateKey.keyPacket.publicParams as Record<string, Uint8Array>;
  const secret = pair.privateKey.keyPacket as unknown as { readonly privateParams: Record<string, Uint8Array> };
  const { d, p, q, u } = secret.privateParams;
  if (!n || !e || !d || !p || !q || !u) throw new Error('no RSA key');
  const exponent = (prime: Uint8Array): string => toText(toNumber(d) % (toNumber(prime) - 1n));
  const numbers = { n: toText(n), e: toText(e), d: toText(d), p: toText(q), q: toText(p) };
  const jwk = { kty: 'RSA', ...numbers, dp: exponent(q), dq: exponent(p), qi: toText(u) };
  return createPrivateKey({ key: jwk, format: 'jwk' });
}
