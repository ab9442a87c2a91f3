/**
 * ASCII armor (RFC 9580, 6), read strictly: nothing is skipped, repaired or ignored. A block has headers, an empty
 * line, canonical base64 and, when there is a checksum, the right one.
 */

/** Says what is wrong with a file and throws. */
export type Refuse = (why: string) => never;

interface ArmoredBlock {
  /** `SIGNATURE`, `PUBLIC KEY BLOCK` … */
  readonly label: string;
  readonly bytes: Uint8Array;
}

export interface ArmoredText {
  readonly blocks: readonly ArmoredBlock[];
  /** Lines outside of the blocks that are not empty. */
  readonly outside: readonly string[];
}

const beginning = /^-----BEGIN PGP ([A-Z0-9 ,/]+)-----$/;
const header = /^[A-Za-z][A-Za-z-]*: .*$/;
const base64Line = /^[A-Za-z0-9+/]+={0,2}$/;
const checksumLine = /^=[A-Za-z0-9+/]{4}$/;

/** Line ends are LF or CRLF; a carriage return elsewhere would show other text than it hides. */
export function splitLines(text: string, refuse: Refuse): readonly string[] {
  const lines = text.split(/\r?\n/);
  if (lines.some((line) => line.includes('\r'))) refuse('it has a carriage return inside a line');
  return lines;
}

/** Of a line that begins an armored block. */
function labelOf(line: string): string | undefined {
  return beginning.exec(line)?.[1];
}

export function readArmoredText(lines: readonly string[], refuse: Refuse): ArmoredText {
  const blocks: ArmoredBlock[] = [];
  const outside: string[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const label = labelOf(line);
    if (label === undefined) {
      if (line !== '') outside.push(line);
      continue;
    }
    const end = lines.indexOf(`-----END PGP ${label}-----`, at);
    if (end < 0) refuse(`the block "${label}" has no end`);
    blocks.push({ label, bytes: readBody(lines.slice(at + 1, end), refuse) });
    at = end;
  }
  return { blocks, outside };
}

function readBody(lines: readonly string[], refuse: Refuse): Uint8Array {
  const empty = lines.indexOf('');
  if (empty < 0) refuse('its armor has no empty line after the headers');
  for (const line of lines.slice(0, empty)) if (!header.test(line)) refuse(`its armor has the header "${line}"`);
  const body = lines.slice(empty + 1);
  const checksum = checksumLine.test(body.at(-1) ?? '') ? body.pop() : undefined;
  for (const line of body) if (!base64Line.test(line)) refuse(`its armor has the line "${line.slice(0, 80)}"`);
  const encoded = body.join('');
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.length === 0) refuse('its armor is empty');
  if (bytes.toString('base64') !== encoded) refuse('its armor is no canonical base64');
  if (checksum !== undefined && checksum.slice(1) !== crc24(bytes)) refuse('the checksum of its armor is wrong');
  return bytes;
}

function crc24(bytes: Uint8Array): string {
  let crc = 0xb704ce;
  for (const byte of bytes) {
    crc ^= byte << 16;
    for (let bit = 0; bit < 8; bit += 1) {
      crc <<= 1;
      if ((crc & 0x1000000) !== 0) crc ^= 0x1864cfb;
    }
  }
  return Buffer.from([crc >> 16, crc >> 8, crc]).toString('base64');
}
