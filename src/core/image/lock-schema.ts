import { z } from 'zod';
import { fail } from '../errors/sysmonvm-error.ts';

/**
 * images.lock.json: which bytes may be booted, and how far they are trusted. Key: id + architecture.
 *
 *   signed    the vendor's signature over the digest was checked
 *   pinned    the digest is known, its signature was not checked yet
 *   tls-only  the vendor signs nothing; `reason` says so
 *   local     built on this host from its own signed APT sources; no digest before it is built
 */
const digest = z
  .string()
  .regex(
    /^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/,
    'is not "sha256:" or "sha512:" with lower-case hex of the right length',
  );

const common = {
  /** `distribution-release[-variant]`. */
  id: z.string().regex(/^[a-z0-9]+(-[a-z0-9.]+)*$/, 'is not lower-case words joined by "-"'),
  arch: z.enum(['x86_64', 'aarch64']),
  name: z.string().min(1),
  family: z.enum(['el', 'debian', 'fedora', 'suse', 'alpine', 'tiny']),
  /** The account that the image itself creates; ours is added beside it. */
  defaultUser: z.string().min(1),
  /** Below this the guest does not boot. */
  minimumMemoryMib: z.int().min(64),
  releasedOn: z.iso.date().optional(),
};

const vendorEntry = z.strictObject({
  ...common,
  kind: z.literal('vendor'),
  level: z.enum(['signed', 'pinned', 'tls-only']),
  url: z.url({ protocol: /^https$/, error: 'is not an https URL' }),
  digest,
  /** Exact, once somebody has downloaded it. */
  sizeBytes: z.int().positive().optional(),
  reason: z.string().min(1).optional(),
});

const localEntry = z.strictObject({
  ...common,
  kind: z.literal('local'),
  level: z.literal('local'),
  recipe: z.string().min(1),
  reason: z.string().min(1).optional(),
});

const imageEntry = z.discriminatedUnion('kind', [vendorEntry, localEntry]);

const imageLock = z
  .strictObject({ schemaVersion: z.literal(1), images: z.array(imageEntry).min(1) })
  .superRefine((lock, context) => {
    const seen = new Set<string>();
    for (const [index, entry] of lock.images.entries()) {
      const key = `${entry.id}/${entry.arch}`;
      if (seen.has(key))
        context.addIssue({ code: 'custom', path: ['images', index, 'id'], message: `${key} is there twice` });
      seen.add(key);
      if (entry.level === 'tls-only' && entry.reason === undefined) {
        context.addIssue({ code: 'custom', path: ['images', index, 'reason'], message: 'is needed at level tls-only' });
      }
    }
  });

export type VendorImage = z.infer<typeof vendorEntry>;
export type LocalImage = z.infer<typeof localEntry>;
export type ImageEntry = z.infer<typeof imageEntry>;
export type ImageLock = z.infer<typeof imageLock>;

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
