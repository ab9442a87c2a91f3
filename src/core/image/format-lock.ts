import { fail } from '../errors/sysmonvm-error.ts';
import { type ImageLock, imageLock } from './lock-schema.ts';

/**
 * A lock file as text. Fields stand in the order of the schema, keys and images by id with numbers as numbers, so
 * that the same content is the same bytes and a diff shows only what changed.
 * @throws image.lock-invalid when it would not be read back
 */
export function formatLock(lock: ImageLock): string {
  const parsed = imageLock.safeParse(lock);
  if (!parsed.success)
    return fail('image.lock-invalid', `The lock file would not be valid: ${parsed.error.issues[0]?.message}`, {
      details: { issues: parsed.error.issues.map(({ path, message }) => ({ field: path.join('.'), message })) },
    });
  const { lockfileVersion, keys, images } = parsed.data;
  const sorted = {
    lockfileVersion,
    keys: Object.fromEntries(Object.entries(keys).sort(([a], [b]) => compareIds(a, b))),
    images: images.toSorted((a, b) => compareIds(a.id, b.id) || compareIds(a.arch, b.arch)),
  };
  return `${JSON.stringify(sorted, null, 2)}\n`;
}

/** `almalinux-9` before `almalinux-10`; the same everywhere, unlike a locale's order. */
export function compareIds(a: string, b: string): number {
  const [left, right] = [parts(a), parts(b)];
  for (const [index, part] of left.entries()) {
    const other = right[index];
    if (other === undefined) return 1;
    if (part === other) continue;
    const asNumbers = /^\d/.test(part) && /^\d/.test(other) ? Number(part) - Number(other) : 0;
    return asNumbers || (part < other ? -1 : 1);
  }
  return left.length - right.length;
}

const parts = (id: string): string[] => id.match(/\d+|\D+/g) ?? [];
