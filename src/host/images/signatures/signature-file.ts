import type { TrustedKey } from '../../../core/ports/signatures.ts';
import { readArmoredText, splitLines } from './armor.ts';
import { isSigner, type UsableCertificate, wrongSigner } from './certificate.ts';
import { describeContent } from './describe-content.ts';
import { type Packet, packetTags, splitPackets } from './packets.ts';
import { readSignaturePacket, type SignatureFacts } from './signature-packet.ts';
import { distrust, refusing } from './trust-failure.ts';

/** Genuine ones have about 800 bytes. */
const limitBytes = 64 * 1024;

/** The one signature that counts. */
export interface ChosenSignature {
  readonly packet: Packet;
  readonly facts: SignatureFacts;
}

/** Packets of a detached signature file, armored or binary: one block and nothing around it. */
export function detachedPackets(bytes: Uint8Array, trusted: TrustedKey): Uint8Array {
  if (bytes.length > limitBytes)
    distrust(trusted, 'image.too-large', `the signature has ${bytes.length} bytes; ${limitBytes} are the limit`);
  if (((bytes[0] ?? 0) & 0x80) !== 0 && bytes[0] !== 0xef) return bytes;
  const came = describeContent(bytes);
  const details = { received: came };
  const text = Buffer.from(bytes).toString('latin1');
  if (!text.includes('-----BEGIN PGP '))
    distrust(trusted, 'image.signature-bad', `instead of a signature came ${came}`, { details });
  if (!/^-----BEGIN PGP SIGNATURE-----/m.test(text) || text.includes('-----BEGIN PGP SIGNED MESSAGE-----'))
    distrust(trusted, 'image.signature-type', `a detached signature is needed, and ${came} came`, { details });
  const refuse = refusing(trusted, 'image.signature-bad', 'the signature file');
  const { blocks, outside } = readArmoredText(splitLines(text, refuse), refuse);
  const [block] = blocks;
  if (block === undefined || blocks.length > 1) return refuse(`it holds ${blocks.length} blocks instead of one`);
  if (block.label !== 'SIGNATURE') refuse(`it holds a block "${block.label}"`);
  if (outside.length > 0) refuse(`there is text around the signature: "${outside[0]?.slice(0, 80)}"`);
  return block.bytes;
}

/**
 * Signatures by other keys may stand beside it (a vendor that changes its key signs with both); two by the pinned key
 * may not. @throws also for every packet that is no signature of version 4 (or 3, where the key's owner still makes
 * such ones)
 */
export function chooseSignature(bytes: Uint8Array, certificate: UsableCertificate): ChosenSignature {
  const { trusted } = certificate;
  const packets = splitPackets(bytes, refusing(trusted, 'image.signature-bad', 'the signature'));
  if (packets.length === 0) distrust(trusted, 'image.signature-unsupported', 'the file holds no signature');
  const signatures = packets.map((packet) => ({ packet, facts: readSupported(packet, trusted) }));
  const own = signatures.filter(({ facts }) => isSigner(certificate, facts.issuers));
  const [chosen] = own;
  if (chosen === undefined)
    return wrongSigner(
      trusted,
      signatures.flatMap(({ facts }) => [...facts.issuers]),
    );
  if (own.length > 1)
    distrust(trusted, 'image.signature-bad', `the file holds ${own.length} signatures by the key instead of one`);
  return chosen;
}

function readSupported({ tag, body }: Packet, trusted: TrustedKey): SignatureFacts {
  if (tag !== packetTags.signature)
    distrust(trusted, 'image.signature-type', `the file holds a packet of type ${tag}, which is no signature`);
  const version = body[0] ?? 0;
  const accepted: readonly number[] = trusted.packetVersions;
  if (!accepted.includes(version)) {
    distrust(
      trusted,
      'image.signature-unsupported',
      `the signature packet has version ${version}; from "${trusted.id}" only ${accepted.join(' and ')} is accepted`,
      { details: { version, accepted } },
    );
  }
  return readSignaturePacket(body, refusing(trusted, 'image.signature-unsupported', 'the signature'));
}
