import type { Refuse } from './armor.ts';
import { hex, readNumber } from './packets.ts';

/** What a signature packet claims; nothing here is verified. */
export interface SignatureFacts {
  readonly version: 3 | 4;
  readonly type: number;
  readonly keyAlgorithm: number;
  readonly hashAlgorithm: number;
  readonly created: Date;
  readonly expires?: Date;
  /** Key ids (16 digits) and fingerprints (40 digits) that it gives for its signer, upper case. */
  readonly issuers: readonly string[];
  /** The first two bytes of the digest. */
  readonly digestStart: Uint8Array;
  /** Numbers of the signature, big-endian. */
  readonly numbers: readonly Uint8Array[];
}

interface Subpacket {
  readonly type: number;
  readonly critical: boolean;
  readonly body: Uint8Array;
}

const subpackets = { created: 2, expires: 3, issuerKeyId: 16, issuerFingerprint: 33 } as const;
/** A critical one that is not understood makes the whole signature void (RFC 9580, 5.2.3.7). */
const understood = new Set<number>([...Object.values(subpackets), 26, 27, 28]);
/** RSA has one number, the elliptic ones and DSA have two; the newer Ed25519 and Ed448 have plain bytes. */
const numberCounts: Readonly<Record<number, number>> = { 1: 1, 3: 1, 17: 2, 19: 2, 22: 2 };
const plainSizes: Readonly<Record<number, number>> = { 27: 64, 28: 114 };

export function readSignaturePacket(body: Uint8Array, refuse: Refuse): SignatureFacts {
  const version = body[0];
  if (version === 3) return readVersion3(body, refuse);
  if (version === 4) return readVersion4(body, refuse);
  return refuse(`it has a signature packet of version ${version ?? 'unknown'}`);
}

function readVersion3(body: Uint8Array, refuse: Refuse): SignatureFacts {
  const number = (at: number, size: number): number => readNumber(body, at, size, refuse);
  if (number(1, 1) !== 5) refuse('its version 3 packet is malformed');
  const keyAlgorithm = number(15, 1);
  return {
    version: 3,
    type: number(2, 1),
    created: new Date(number(3, 4) * 1000),
    issuers: [hex(body.subarray(7, 15))],
    keyAlgorithm,
    hashAlgorithm: number(16, 1),
    digestStart: body.subarray(17, 19),
    numbers: readNumbers(body.subarray(19), keyAlgorithm, refuse),
  };
}

function readVersion4(body: Uint8Array, refuse: Refuse): SignatureFacts {
  const number = (at: number, size: number): number => readNumber(body, at, size, refuse);
  const hashedEnd = 6 + number(4, 2);
  const unhashedEnd = hashedEnd + 2 + number(hashedEnd, 2);
  if (unhashedEnd + 2 > body.length) refuse('it ends in the middle of a packet');
  const hashed = readSubpackets(body.subarray(6, hashedEnd), refuse);
  const unhashed = readSubpackets(body.subarray(hashedEnd + 2, unhashedEnd), refuse);
  assertNothingUnsigned(unhashed, refuse);
  for (const { type, critical } of hashed)
    if (critical && !understood.has(type)) refuse(`it has the critical part ${type}, which is not understood`);
  const created = seconds(hashed, subpackets.created, refuse);
  if (created === undefined) refuse('it has no date');
  const lifetime = seconds(hashed, subpackets.expires, refuse) ?? 0;
  const keyAlgorithm = number(2, 1);
  return {
    version: 4,
    type: number(1, 1),
    created: new Date(created * 1000),
    ...(lifetime === 0 ? {} : { expires: new Date((created + lifetime) * 1000) }),
    issuers: [...hashed, ...unhashed].flatMap((part) => issuerOf(part, refuse)),
    keyAlgorithm,
    hashAlgorithm: number(3, 1),
    digestStart: body.subarray(unhashedEnd, unhashedEnd + 2),
    numbers: readNumbers(body.subarray(unhashedEnd + 2), keyAlgorithm, refuse),
  };
}

/** The unhashed part may name the signer, which is checked by the signature itself, and nothing else. */
function assertNothingUnsigned(unhashed: readonly Subpacket[], refuse: Refuse): void {
  for (const { type, critical } of unhashed) {
    const named = type === subpackets.issuerKeyId || type === subpackets.issuerFingerprint;
    if (!named || critical) refuse(`it carries a part (${type}) that the signature does not cover`);
  }
}

function readSubpackets(bytes: Uint8Array, refuse: Refuse): readonly Subpacket[] {
  const found: Subpacket[] = [];
  for (let at = 0; at < bytes.length; ) {
    const first = readNumber(bytes, at, 1, refuse);
    const size = first < 192 ? 1 : first < 255 ? 2 : 5;
    const length =
      size === 1
        ? first
        : size === 2
          ? ((first - 192) << 8) + readNumber(bytes, at + 1, 1, refuse) + 192
          : readNumber(bytes, at + 1, 4, refuse);
    const start = at + size;
    const kind = readNumber(bytes, start, 1, refuse);
    if (length === 0 || start + length > bytes.length) refuse('one of its parts is malformed');
    found.push({ type: kind & 127, critical: kind >= 128, body: bytes.subarray(start + 1, start + length) });
    at = start + length;
  }
  return found;
}

function seconds(parts: readonly Subpacket[], type: number, refuse: Refuse): number | undefined {
  const [part, ...more] = parts.filter((each) => each.type === type);
  if (part === undefined) return undefined;
  if (more.length > 0 || part.body.length !== 4) refuse('one of its dates is malformed');
  return readNumber(part.body, 0, 4, refuse);
}

function issuerOf({ type, body }: Subpacket, refuse: Refuse): readonly string[] {
  if (type === subpackets.issuerKeyId) {
    if (body.length !== 8) refuse('the key id of its signer is malformed');
    return [hex(body)];
  }
  if (type !== subpackets.issuerFingerprint) return [];
  if (body[0] !== 4 || body.length !== 21) refuse('its signer is no version 4 key');
  return [hex(body.subarray(1))];
}

/** Each with exactly the bits that it says it has, so that there is one way to write a signature. */
function readNumbers(bytes: Uint8Array, keyAlgorithm: number, refuse: Refuse): readonly Uint8Array[] {
  const plain = plainSizes[keyAlgorithm];
  if (plain !== undefined) return bytes.length === plain ? [bytes] : refuse('its signature has the wrong length');
  const count = numberCounts[keyAlgorithm];
  if (count === undefined) return refuse(`its key algorithm (${keyAlgorithm}) is not known`);
  const numbers: Uint8Array[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    const bits = readNumber(bytes, at, 2, refuse);
    const number = bytes.subarray(at + 2, at + 2 + Math.ceil(bits / 8));
    at += 2 + Math.ceil(bits / 8);
    const leading = number[0] ?? 0;
    if (at > bytes.length || bits !== (number.length - 1) * 8 + (32 - Math.clz32(leading)))
      refuse('a number of its signature is malformed');
    numbers.push(number);
  }
  if (at !== bytes.length) refuse('there are bytes after its signature');
  return numbers;
}
