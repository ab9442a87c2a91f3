import { createHash } from 'node:crypto';
import type { Refuse } from './armor.ts';

export const packetTags = { signature: 2, secretKey: 5, publicKey: 6, secretSubkey: 7 } as const;

/** An OpenPGP packet (RFC 9580, 4.2). */
export interface Packet {
  readonly tag: number;
  readonly body: Uint8Array;
  /** With its header. */
  readonly bytes: Uint8Array;
}

interface Header {
  readonly tag: number;
  /** Of the header. */
  readonly size: number;
  readonly length: number;
}

/** Packets of unknown length are for streams of data; here they are refused. */
export function splitPackets(bytes: Uint8Array, refuse: Refuse): readonly Packet[] {
  const packets: Packet[] = [];
  for (let at = 0; at < bytes.length; ) {
    const { tag, size, length } = readHeader(bytes.subarray(at), refuse);
    const end = at + size + length;
    if (end > bytes.length) refuse('it ends in the middle of a packet');
    packets.push({ tag, body: bytes.subarray(at + size, end), bytes: bytes.subarray(at, end) });
    at = end;
  }
  return packets;
}

function readHeader(bytes: Uint8Array, refuse: Refuse): Header {
  const first = bytes[0] ?? 0;
  if ((first & 0x80) === 0) refuse('it holds bytes that are no OpenPGP packet');
  if ((first & 0x40) === 0) {
    const kind = first & 3;
    if (kind === 3) refuse('it has a packet of unknown length');
    const lengthBytes = 1 << kind;
    return { tag: (first >> 2) & 15, size: 1 + lengthBytes, length: readNumber(bytes, 1, lengthBytes, refuse) };
  }
  const tag = first & 63;
  const start = readNumber(bytes, 1, 1, refuse);
  if (start < 192) return { tag, size: 2, length: start };
  if (start < 224) return { tag, size: 3, length: ((start - 192) << 8) + readNumber(bytes, 2, 1, refuse) + 192 };
  if (start < 255) refuse('it has a packet of unknown length');
  return { tag, size: 6, length: readNumber(bytes, 2, 4, refuse) };
}

/** Big-endian. */
export function readNumber(bytes: Uint8Array, at: number, size: number, refuse: Refuse): number {
  if (at + size > bytes.length) refuse('it ends in the middle of a packet');
  return bytes.subarray(at, at + size).reduce((value, byte) => value * 256 + byte, 0);
}

export function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex').toUpperCase();
}

/** Of a version 4 key. */
export function fingerprintOf(body: Uint8Array): string {
  const prefix = Buffer.from([0x99, body.length >> 8, body.length & 255]);
  return createHash('sha1').update(prefix).update(body).digest('hex').toUpperCase();
}
