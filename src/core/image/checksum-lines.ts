import { type ErrorCode, errorCodes } from '../errors/codes.ts';
import { fail } from '../errors/sysmonvm-error.ts';
import { fileNamePattern } from './image-entry.ts';

type DigestAlgorithm = 'sha256' | 'sha384' | 'sha512';

export interface ListedDigest {
  readonly algorithm: DigestAlgorithm;
  /** `sha256:…`, lower-case hex. */
  readonly digest: string;
  /** As the list says; a hint, since most lists are written by hand-made scripts. */
  readonly sizeBytes?: number;
}

const algorithmOfLength: Readonly<Record<number, DigestAlgorithm>> = { 64: 'sha256', 96: 'sha384', 128: 'sha512' };

/** Undefined unless it is lower-case hex of a length that belongs to an accepted algorithm. */
export function listedDigest(hex: string): ListedDigest | undefined {
  const algorithm = algorithmOfLength[hex.length];
  return algorithm !== undefined && /^[0-9a-f]+$/.test(hex) ? { algorithm, digest: `${algorithm}:${hex}` } : undefined;
}

/** Text from outside, so that nothing in it moves the cursor or turns the reading direction. */
export function visible(text: string): string {
  const short = text.length > 80 ? `${text.slice(0, 80)}…` : text;
  return JSON.stringify(short).replace(
    /[^\x20-\x7e…]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

export function refuseList(code: ErrorCode, place: string, what: string, details: object = {}): never {
  return fail(code, `${errorCodes[code].cause.split(/[.:]/)[0]} (${place}): ${what}.`, { details: { ...details } });
}

export function assertFileName(name: string, place: string, line?: number): void {
  if (!fileNamePattern.test(name))
    refuseList('image.bad-name', place, `${visible(name)} is not a plain file name`, { name, line });
}

/** What the forms of a line are called; which ones a vendor writes stands in checksum-file.ts. */
export type LineForm =
  | 'gnu'
  | 'gnu-binary'
  | 'gnu-one-space'
  | 'bsd'
  | 'size-comment'
  | 'size-line'
  | 'comment'
  | 'empty';

export type ReadLine =
  | {
      readonly form: 'gnu' | 'gnu-binary' | 'gnu-one-space' | 'bsd';
      readonly name: string;
      readonly listed: ListedDigest;
    }
  | { readonly form: 'size-comment' | 'size-line'; readonly name: string; readonly sizeBytes: number }
  | { readonly form: 'comment' | 'empty' };

const gnuForms = { '  ': 'gnu', ' *': 'gnu-binary', ' ': 'gnu-one-space' } as const;
const bsdNames = { SHA256: 'sha256', SHA384: 'sha384', SHA512: 'sha512' } as const;

/** The form is found before the name is judged, so that a bad name is told as one. Undefined: no form at all. */
export function readLine(line: string): ReadLine | undefined {
  if (line === '') return { form: 'empty' };
  return readGnu(line) ?? readBsd(line) ?? readSize(line) ?? readComment(line);
}

function readGnu(line: string): ReadLine | undefined {
  const found = /^([0-9a-f]{64,128})( [ *]|(?! [ *]) )(.+)$/s.exec(line);
  const listed = listedDigest(found?.[1] ?? '');
  const form = gnuForms[(found?.[2] ?? '') as keyof typeof gnuForms];
  return listed === undefined || form === undefined ? undefined : { form, name: found?.[3] ?? '', listed };
}

function readBsd(line: string): ReadLine | undefined {
  const found = /^(SHA256|SHA384|SHA512) \((.+)\) = ([0-9a-f]+)$/s.exec(line);
  const listed = listedDigest(found?.[3] ?? '');
  const named = bsdNames[(found?.[1] ?? '') as keyof typeof bsdNames];
  return listed === undefined || listed.algorithm !== named
    ? undefined
    : { form: 'bsd', name: found?.[2] ?? '', listed };
}

function readSize(line: string): ReadLine | undefined {
  const found = /^(# )?([^ ]+): (\d{1,15}) bytes$/.exec(line);
  if (found === null) return undefined;
  return {
    form: found[1] === undefined ? 'size-line' : 'size-comment',
    name: found[2] ?? '',
    sizeBytes: Number(found[3]),
  };
}

const readComment = (line: string): ReadLine | undefined =>
  /^#[\x20-\x7e]*$/.test(line) ? { form: 'comment' } : undefined;
