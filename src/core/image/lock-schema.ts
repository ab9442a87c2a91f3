import { z } from 'zod';
import { fail } from '../errors/sysmonvm-error.ts';
import { type ImageEntry, imageEntry, keyId, type SigningKey, signingKey } from './image-entry.ts';
import { readStrictJson } from './strict-json.ts';
import { assertAnchored } from './trust-anchors.ts';

/** images.lock.json: which bytes may be booted, and how far they are trusted. Key: id + architecture. */
export const imageLock = z.strictObject({
  lockfileVersion: z.literal(1),
  keys: z.record(keyId, signingKey),
  images: z.array(imageEntry),
});

export interface ImageLock {
  readonly lockfileVersion: 1;
  readonly keys: Readonly<Record<string, SigningKey>>;
  readonly images: readonly ImageEntry[];
}

interface Finding {
  readonly field: string;
  readonly image: string;
  readonly message: string;
}

/** What the schema cannot say. */
function contradictionsIn(lock: ImageLock, otherKeys: ImageLock['keys']): readonly Finding[] {
  const seen = new Set<string>();
  return lock.images.flatMap((entry, index) => {
    const image = `${entry.id}/${entry.arch}`;
    const twice: Contradiction[] = seen.has(image) ? [[['id'], `${image} is there twice`]] : [];
    seen.add(image);
    return [...twice, ...contradictions(entry, { ...otherKeys, ...lock.keys })].map(([field, message]) => ({
      field: ['images', index, ...field].join('.'),
      image,
      message,
    }));
  });
}

type Contradiction = readonly [field: readonly string[], message: string];

function contradictions(entry: ImageEntry, keys: Readonly<Record<string, SigningKey>>): readonly Contradiction[] {
  if (entry.kind === 'local') return [];
  const { level, method, signature, checksums, acknowledged, verifiedAt } = entry.provenance;
  const found: Contradiction[] = [];
  const complain = (field: string, message: string): void => {
    found.push([['provenance', field], message]);
  };
  if (level === 'tls-only' && acknowledged === undefined) complain('acknowledged', 'is needed at level tls-only');
  if (level === 'tls-only' && signature !== undefined) complain('signature', 'contradicts level tls-only');
  if (level !== 'tls-only' && acknowledged !== undefined) complain('acknowledged', 'is only for level tls-only');
  if (signature !== undefined && !Object.hasOwn(keys, signature.key))
    complain('signature', `names the key "${signature.key}", which is not in keys`);
  if (entry.urls.length === 0 && (entry.distro !== 'custom' || method !== 'none'))
    found.push([['urls'], 'is empty, which only a file added by the user may be']);
  if (method === 'checksums' && checksums === undefined) complain('checksums', 'is needed for method checksums');
  if (level === 'signed') {
    if (method === 'none') complain('method', 'contradicts level signed');
    if (signature === undefined) complain('signature', 'is needed at level signed');
    else if (signature.sha256 === null || signature.created === null || signature.hash === null)
      complain('signature', 'has unknown fields at level signed');
    if (verifiedAt === null) complain('verifiedAt', 'is needed at level signed');
    if (entry.size === null) found.push([['size'], 'is needed at level signed']);
  }
  return found;
}

/**
 * The lock file of the package. Its keys are those of the source.
 * @throws image.lock-invalid naming every entry and field; image.key-fingerprint
 */
export function parseImageLock(text: string, path: string): ImageLock {
  const lock = read(text, path, {});
  assertAnchored(lock.keys, path);
  const own = lock.images.find((entry) => entry.kind === 'vendor' && entry.namePattern !== undefined);
  if (own !== undefined)
    fail('image.lock-invalid', `${path}: ${own.id}/${own.arch} has a namePattern, which only a workspace may have.`, {
      details: { path, image: `${own.id}/${own.arch}`, field: 'namePattern' },
    });
  return lock;
}

/** The lock file of a workspace, which may use the shipped keys. @throws image.lock-invalid */
export function parseWorkspaceLock(text: string, path: string, shipped: Pick<ImageLock, 'keys'>): ImageLock {
  return read(text, path, shipped.keys);
}

const maximumCharacters = 4 * 1024 * 1024;

function read(text: string, path: string, otherKeys: ImageLock['keys']): ImageLock {
  const refuse = (what: string, details: object = {}): never =>
    fail('image.lock-invalid', `${path} is not a valid image lock file: ${what}`, { details: { path, ...details } });
  if (text.length > maximumCharacters) return refuse(`it has ${text.length} characters`);
  const json = readStrictJson(text);
  if (!json.ok) {
    const { line, column, problem } = json;
    return refuse(`line ${line}, column ${column}: ${problem}`, { line, column });
  }
  const parsed = imageLock.safeParse(json.value);
  const findings = parsed.success
    ? contradictionsIn(parsed.data, otherKeys)
    : parsed.error.issues.map((issue) => ({
        field: issue.path.join('.'),
        image: entryName(json.value, issue.path[1]),
        message: issue.message,
      }));
  if (parsed.success && findings.length === 0) return parsed.data;
  const lines = findings.map(
    ({ field, image, message }) => `${field || '(top level)'}${image === '' ? '' : ` (${image})`}: ${message}`,
  );
  return refuse(`\n  ${lines.join('\n  ')}`, { findings });
}

function entryName(lock: unknown, index: PropertyKey | undefined): string {
  const images = (lock as { images?: unknown } | null)?.images;
  if (!Array.isArray(images) || typeof index !== 'number') return '';
  const entry = images[index] as { id?: unknown; arch?: unknown } | null;
  return typeof entry?.id === 'string' ? `${entry.id}/${String(entry.arch)}` : '';
}
