import { type Refuse, readArmoredText, splitLines } from './armor.ts';

/** A document with its signature in one file (RFC 9580, 7). */
export interface ClearsignedDocument {
  /** What the signature covers, without its escapes; lines end with LF, the last one with nothing. */
  readonly text: string;
  /** Names of its `Hash:` headers. */
  readonly hashes: readonly string[];
  readonly signature: Uint8Array;
}

export const documentBegin = '-----BEGIN PGP SIGNED MESSAGE-----';
const signatureBegin = '-----BEGIN PGP SIGNATURE-----';
const hashHeader = /^Hash: ([A-Z0-9-]+(?:, ?[A-Z0-9-]+)*)$/;

/**
 * The file has to be one document and nothing else. Text before, after or in the headers would be ignored by the
 * signature and seen by people, so it is refused rather than skipped.
 */
export function readClearsigned(file: Uint8Array, refuse: Refuse): ClearsignedDocument {
  const lines = splitLines(decode(file, refuse), refuse);
  if (lines[0] !== documentBegin) refuse('there is text before the signed document');
  const empty = lines.indexOf('');
  if (empty < 0) refuse('it has no empty line after its headers');
  const hashes = lines.slice(1, empty).flatMap((line) => {
    const names = hashHeader.exec(line)?.[1];
    return names === undefined ? refuse(`"${line.slice(0, 80)}" stands among its headers`) : names.split(/, ?/);
  });
  const end = lines.indexOf(signatureBegin);
  if (end < empty) refuse('it has no signature');
  const text = lines.slice(empty + 1, end).map((line) => unescapeLine(line, refuse));
  return { text: text.join('\n'), hashes, signature: readTrailer(lines.slice(end), refuse) };
}

function decode(file: Uint8Array, refuse: Refuse): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(file);
  } catch {
    return refuse('it is not UTF-8 text');
  }
}

/** Blanks at the end of a line are not signed. */
function unescapeLine(line: string, refuse: Refuse): string {
  const trimmed = line.replace(/[ \t]+$/, '');
  if (!trimmed.startsWith('-')) return trimmed;
  return trimmed.startsWith('- ') ? trimmed.slice(2) : refuse(`the line "${line.slice(0, 80)}" is not escaped`);
}

function readTrailer(lines: readonly string[], refuse: Refuse): Uint8Array {
  const { blocks, outside } = readArmoredText(lines, refuse);
  const [block] = blocks;
  if (outside.length > 0) refuse(`there is text after the signed document: "${outside[0]?.slice(0, 80)}"`);
  if (block === undefined || blocks.length > 1) return refuse(`it has ${blocks.length} signature blocks`);
  return block.bytes;
}
