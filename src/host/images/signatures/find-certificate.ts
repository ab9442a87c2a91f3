import type { TrustedKey } from '../../../core/ports/signatures.ts';
import { readArmoredText, splitLines } from './armor.ts';
import { describeContent } from './describe-content.ts';
import { fingerprintOf, type Packet, packetTags, splitPackets } from './packets.ts';
import { distrust, refusing } from './trust-failure.ts';

/** Whole keyrings of vendors have some 100 KiB. */
const limitBytes = 1024 * 1024;

/**
 * The bytes of the pinned certificate. A file may hold several, in several armored blocks (AlmaLinux 8 begins with a
 * dead key) or in one binary keyring; the 40-digit fingerprint decides, and the others are not read any further.
 */
export function findCertificate(trusted: TrustedKey): Uint8Array {
  const { certificate, key } = trusted;
  if (certificate.length > limitBytes)
    distrust(trusted, 'image.too-large', `${key.file} has ${certificate.length} bytes; ${limitBytes} are the limit`);
  const packets = publicPackets(trusted);
  const certificates = groupByKey(packets);
  const matching = certificates.filter(({ fingerprint }) => fingerprint === key.fingerprint);
  if (matching.length > 1)
    distrust(trusted, 'image.key-unreadable', `${key.file} holds the key ${key.fingerprint} more than once`);
  const found = matching[0];
  if (found === undefined) return noSuchKey(trusted, certificates);
  return Buffer.concat(found.packets.map(({ bytes }) => bytes));
}

function publicPackets(trusted: TrustedKey): readonly Packet[] {
  const { certificate, key } = trusted;
  const refuse = refusing(trusted, 'image.key-unreadable', `${key.file}, ${describeContent(certificate)},`);
  const parts = binaryParts(trusted);
  const packets = parts.flatMap((bytes) => splitPackets(bytes, refuse));
  const secret = packets.some(({ tag }) => tag === packetTags.secretKey || tag === packetTags.secretSubkey);
  if (secret) distrust(trusted, 'image.key-private', `${key.file} holds a private key`);
  return packets;
}

function binaryParts(trusted: TrustedKey): readonly Uint8Array[] {
  const { certificate, key } = trusted;
  if (((certificate[0] ?? 0) & 0x80) !== 0) return [certificate];
  const refuse = refusing(trusted, 'image.key-unreadable', `${key.file}, ${describeContent(certificate)},`);
  const { blocks } = readArmoredText(splitLines(Buffer.from(certificate).toString('latin1'), refuse), refuse);
  for (const { label } of blocks) {
    if (label === 'PRIVATE KEY BLOCK') distrust(trusted, 'image.key-private', `${key.file} holds a private key`);
    if (label !== 'PUBLIC KEY BLOCK') refuse(`it holds a block "${label}"`);
  }
  return blocks.length === 0 ? refuse('it holds no key') : blocks.map(({ bytes }) => bytes);
}

interface Certificate {
  /** Only version 4 keys have one that can be pinned. */
  readonly fingerprint?: string;
  readonly version: number;
  readonly packets: readonly Packet[];
}

function groupByKey(packets: readonly Packet[]): readonly Certificate[] {
  const starts = packets.flatMap(({ tag }, index) => (tag === packetTags.publicKey ? [index] : []));
  return starts.map((start, index) => {
    const { body } = packets[start] as Packet;
    return {
      version: body[0] ?? 0,
      packets: packets.slice(start, starts[index + 1]),
      ...(body[0] === 4 ? { fingerprint: fingerprintOf(body) } : {}),
    };
  });
}

function noSuchKey(trusted: TrustedKey, certificates: readonly Certificate[]): never {
  const { file, fingerprint } = trusted.key;
  const found = certificates.map((each) => each.fingerprint ?? `a version ${each.version} key`);
  if (certificates.every((each) => each.fingerprint === undefined)) {
    const what = found.length === 0 ? 'no key' : found.join(', ');
    distrust(trusted, 'image.key-unreadable', `${file} holds ${what}; a version 4 key is needed`, {
      details: { found },
    });
  }
  return distrust(
    trusted,
    'image.key-fingerprint',
    `${file} does not hold the key ${fingerprint}, but ${found.join(', ')}`,
    { details: { found } },
  );
}
