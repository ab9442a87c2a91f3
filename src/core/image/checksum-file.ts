import { readChecksumsJson } from './checksum-json.ts';
import {
  assertFileName,
  type LineForm,
  type ListedDigest,
  listedDigest,
  readLine,
  refuseList,
  visible,
} from './checksum-lines.ts';
import type { ChecksumFormat } from './image-entry.ts';

/**
 * Lists of digests as vendors publish them. A line that is not of a known form makes the whole list worthless: error
 * pages, logs and half-written files are served under these names, and a guess would choose which bytes are booted.
 */
export interface ChecksumsRequest {
  readonly format: ChecksumFormat;
  readonly distro: string;
  /** Only the forms that this vendor writes; otherwise any form of the format. */
  readonly strict: boolean;
  /** What a list without names is about; in messages also the name of the list. */
  readonly fileName?: string;
}

const maximumCharacters = 256 * 1024;
const maximumLineCharacters = 1024;
const maximumLines = 5000;

const bsdWithSizes = ['bsd', 'size-comment', 'comment', 'empty'] as const;
const allForms: Readonly<Record<'gnu' | 'bsd', readonly LineForm[]>> = {
  gnu: ['gnu', 'gnu-binary', 'gnu-one-space', 'comment', 'empty'],
  bsd: [...bsdWithSizes, 'size-line'],
};
const formsOfVendor: Readonly<Record<string, readonly LineForm[]>> = {
  almalinux: ['gnu'],
  'centos-stream': bsdWithSizes,
  debian: ['gnu'],
  fedora: bsdWithSizes,
  opensuse: ['gnu', 'gnu-one-space'],
  rocky: [...bsdWithSizes, 'size-line'],
  ubuntu: ['gnu-binary'],
};

/** @throws image.checksums-malformed, image.bad-name, image.too-large, each with the line */
export function parseChecksums(text: string, request: ChecksumsRequest): ReadonlyMap<string, ListedDigest> {
  const place = `list of digests for ${request.fileName ?? request.distro}`;
  if (text.length > maximumCharacters)
    refuseList('image.too-large', place, `it has ${text.length} characters, the most allowed is ${maximumCharacters}`);
  if (text === '') refuseList('image.checksums-malformed', place, 'it is empty');
  if (/^\s*</.test(text)) refuseList('image.checksums-malformed', place, 'line 1 looks like a web page', { line: 1 });
  if (request.format === 'json') return readChecksumsJson(text, place);
  const lines = text.replace(/\n$/, '').split('\n');
  if (lines.length > maximumLines)
    refuseList('image.too-large', place, `it has ${lines.length} lines, the most allowed is ${maximumLines}`);
  const listed = request.format === 'bare' ? readBare(lines, place, request) : readNamed(lines, place, request);
  if (listed.size === 0) refuseList('image.checksums-malformed', place, 'it has no digest');
  return listed;
}

function malformed(place: string, index: number, what: string): never {
  return refuseList('image.checksums-malformed', place, `line ${index + 1} ${what}`, { line: index + 1 });
}

function assertLine(line: string, index: number, place: string): void {
  if (line.length > maximumLineCharacters)
    refuseList('image.too-large', place, `line ${index + 1} has ${line.length} characters`, { line: index + 1 });
  if (line.includes('\r')) malformed(place, index, 'has a carriage return');
  if (line.startsWith('\ufeff')) malformed(place, index, 'begins with a byte order mark');
}

function readBare(lines: readonly string[], place: string, request: ChecksumsRequest): Map<string, ListedDigest> {
  const [line = ''] = lines;
  assertLine(line, 0, place);
  const listed = listedDigest(line);
  if (listed === undefined) malformed(place, 0, `is not a bare digest: ${visible(line)}`);
  if (lines.length > 1) malformed(place, 1, 'follows a bare digest, which stands alone');
  const name = request.fileName ?? '';
  assertFileName(name, place);
  return new Map([[name, listed]]);
}

interface Gathered {
  readonly digests: Map<string, ListedDigest>;
  readonly sizes: Map<string, number>;
}

function readNamed(lines: readonly string[], place: string, request: ChecksumsRequest): Map<string, ListedDigest> {
  const { format, distro, strict } = request;
  const anyForm = allForms[format === 'bsd' ? 'bsd' : 'gnu'];
  const ofVendor = Object.hasOwn(formsOfVendor, distro) ? formsOfVendor[distro] : undefined;
  const allowed = strict ? (ofVendor ?? anyForm).filter((form) => anyForm.includes(form)) : anyForm;
  const gathered: Gathered = { digests: new Map(), sizes: new Map() };
  for (const [index, line] of lines.entries()) addLine(gathered, line, index, place, allowed);
  return withSizes(gathered);
}

function addLine(into: Gathered, line: string, index: number, place: string, allowed: readonly LineForm[]): void {
  assertLine(line, index, place);
  const read = readLine(line);
  if (read === undefined) malformed(place, index, `is of no known form: ${visible(line)}`);
  if ('name' in read) assertFileName(read.name, `${place}, line ${index + 1}`, index + 1);
  if (!allowed.includes(read.form)) malformed(place, index, `is not of a form that is used here: ${visible(line)}`);
  if ('listed' in read) addDigest(into, read.name, read.listed, index, place);
  else if ('sizeBytes' in read) addSize(into, read.name, read.sizeBytes, index, place);
}

function addDigest({ digests }: Gathered, name: string, listed: ListedDigest, index: number, place: string): void {
  const before = digests.get(name);
  if (before !== undefined && before.digest !== listed.digest)
    malformed(place, index, `gives ${name} a second, different digest`);
  const [first] = digests.values();
  if (first !== undefined && first.algorithm !== listed.algorithm)
    malformed(place, index, `is ${listed.algorithm} in a list of ${first.algorithm}`);
  digests.set(name, listed);
}

function addSize({ sizes }: Gathered, name: string, sizeBytes: number, index: number, place: string): void {
  const before = sizes.get(name);
  if (before !== undefined && before !== sizeBytes) malformed(place, index, `gives ${name} a second, different size`);
  sizes.set(name, sizeBytes);
}

function withSizes({ digests, sizes }: Gathered): Map<string, ListedDigest> {
  return new Map(
    [...digests].map(([name, listed]) => {
      const sizeBytes = sizes.get(name);
      return [name, sizeBytes === undefined ? listed : { ...listed, sizeBytes }];
    }),
  );
}
