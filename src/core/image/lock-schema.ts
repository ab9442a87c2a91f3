import { z } from 'zod';
import { fail } from '../errors/sysmonvm-error.ts';
import { type ImageEntry, imageEntry, keyId, type SigningKey, signingKey } from './image-entry.ts';

/** images.lock.json: which bytes may be booted, and how far they are trusted. Key: id + architecture. */
export const imageLock = z
  .strictObject({
    lockfileVersion: z.literal(1),
    keys: z.record(keyId, signingKey),
    images: z.array(imageEntry),
  })
  .superRefine((lock, context) => {
    const seen = new Set<string>();
    for (const [index, entry] of lock.images.entries()) {
      const key = `${entry.id}/${entry.arch}`;
      const complain = (field: readonly string[], message: string): void => {
        context.addIssue({ code: 'custom', path: ['images', index, ...field], message });
      };
      if (seen.has(key)) complain(['id'], `${key} is there twice`);
      seen.add(key);
      for (const [field, message] of contradictions(entry, lock.keys)) complain(field, message);
    }
  });

export interface ImageLock {
  readonly lockfileVersion: 1;
  readonly keys: Readonly<Record<string, SigningKey>>;
  readonly images: readonly ImageEntry[];
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

/** @throws image.lock-invalid naming every entry and field. */
export function parseImageLock(text: string, path: string): ImageLock {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    fail('image.lock-invalid', `${path} is not JSON: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  const parsed = imageLock.safeParse(value);
  if (parsed.success) return parsed.data;
  const findings = parsed.error.issues.map((issue) => ({
    field: issue.path.join('.'),
    image: entryName(value, issue.path[1]),
    message: issue.message,
  }));
  const lines = findings.map(
    ({ field, image, message }) => `${field || '(top level)'}${image === '' ? '' : ` (${image})`}: ${message}`,
  );
  fail('image.lock-invalid', `${path} is not a valid image lock file:\n  ${lines.join('\n  ')}`, {
    details: { path, findings },
  });
}

function entryName(lock: unknown, index: PropertyKey | undefined): string {
  const images = (lock as { images?: unknown } | null)?.images;
  if (!Array.isArray(images) || typeof index !== 'number') return '';
  const entry = images[index] as { id?: unknown; arch?: unknown } | null;
  return typeof entry?.id === 'string' ? `${entry.id}/${String(entry.arch)}` : '';
}
