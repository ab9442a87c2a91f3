import { assertFileName, type ListedDigest, listedDigest, refuseList, visible } from './checksum-lines.ts';
import { readStrictJson } from './strict-json.ts';

/**
 * Two shapes are known. Debian: a list of items, of which those of kind "Upload" have a path and a base64 sha512
 * without padding. Oracle: one object a format, each with `image` and `sha256`.
 */
export function readChecksumsJson(text: string, place: string): ReadonlyMap<string, ListedDigest> {
  const read = readStrictJson(text);
  if (!read.ok)
    return refuseList('image.checksums-malformed', place, `line ${read.line}, column ${read.column}: ${read.problem}`, {
      line: read.line,
      column: read.column,
    });
  const found = Array.isArray(member(read.value, 'items'))
    ? uploadsOf(member(read.value, 'items') as readonly unknown[], place)
    : templatesOf(read.value, place);
  if (found.length === 0) refuseList('image.checksums-malformed', place, 'it has no digest in a place that is known');
  const listed = new Map<string, ListedDigest>();
  for (const [name, digest] of found) {
    assertFileName(name, place);
    const before = listed.get(name);
    if (before !== undefined && before.digest !== digest.digest)
      refuseList('image.checksums-malformed', place, `${name} has two different digests`);
    listed.set(name, digest);
  }
  return listed;
}

type Found = readonly [name: string, listed: ListedDigest];

function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

function uploadsOf(items: readonly unknown[], place: string): Found[] {
  return items
    .filter((item) => member(item, 'kind') === 'Upload')
    .map((item, index) => {
      const path = member(member(item, 'data'), 'ref');
      const digest = member(member(member(item, 'metadata'), 'annotations'), 'cloud.debian.org/digest');
      const listed = typeof digest === 'string' ? digestFromBase64(digest) : undefined;
      if (typeof path !== 'string' || listed === undefined)
        return refuseList('image.checksums-malformed', place, `upload ${index + 1} has no path or no sha512 digest`);
      const parts = path.split('/');
      for (const part of parts) assertFileName(part, place);
      return [parts.at(-1) ?? '', listed] as const;
    });
}

function digestFromBase64(text: string): ListedDigest | undefined {
  const encoded = /^sha512:([A-Za-z0-9+/]{85}[AQgw])$/.exec(text)?.[1];
  if (encoded === undefined) return undefined;
  return listedDigest([...atob(encoded)].map((char) => char.charCodeAt(0).toString(16).padStart(2, '0')).join(''));
}

function templatesOf(value: unknown, place: string): Found[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value)
    .filter((template) => member(template, 'sha256') !== undefined)
    .map((template) => {
      const name = member(template, 'image');
      const hex = member(template, 'sha256');
      const listed = typeof hex === 'string' ? listedDigest(hex) : undefined;
      if (typeof name !== 'string' || listed?.algorithm !== 'sha256')
        return refuseList(
          'image.checksums-malformed',
          place,
          `${typeof name === 'string' ? visible(name) : 'a file without a name'} has no sha256 digest`,
        );
      return [name, listed] as const;
    });
}
