import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';
import { formatLock } from '../../../src/core/image/format-lock.ts';
import { parseImageLock } from '../../../src/core/image/lock-schema.ts';
import { failure } from '../../support/failure.ts';

const text = readFileSync(new URL('../../../images.lock.json', import.meta.url), 'utf8');
const shipped = parseImageLock(text, 'images.lock.json');
/** Small, so that a change hits every kind of field; one entry of each level and of each kind. */
const small = formatLock({
  ...shipped,
  images: ['almalinux-9/aarch64', 'centos-stream-9/x86_64', 'fedora-44/aarch64', 'tiny/x86_64'].map((name) => {
    const found = shipped.images.find(({ id, arch }) => `${id}/${arch}` === name);
    if (found === undefined) throw new Error(`no ${name}`);
    return found;
  }),
});

/** The written file has its images sorted; what was read need not. */
function inOrder(lock: ReturnType<typeof parseImageLock>) {
  return { ...lock, images: [...lock.images].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)) };
}

/** Nothing but our own errors comes out, and nothing that the text does not hold. */
function assertHonest(candidate: string): void {
  try {
    const lock = parseImageLock(candidate, 'x');
    for (const { fingerprint, fileSha256 } of Object.values(lock.keys)) {
      expect(candidate).toContain(`"${fingerprint}"`);
      expect(candidate).toContain(`"${fileSha256}"`);
    }
    for (const entry of lock.images) {
      if (entry.kind === 'local') continue;
      expect(candidate).toContain(`"${entry.digest}"`);
      expect(entry.digest).toMatch(/^(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/);
      for (const url of entry.urls) expect(new URL(url).protocol).toBe('https:');
      if (entry.provenance.level === 'tls-only') expect(entry.provenance.acknowledged).toBeTruthy();
      if (entry.provenance.level === 'signed') expect(entry.provenance.signature?.sha256).toMatch(/^[0-9a-f]{64}$/);
    }
    expect(inOrder(parseImageLock(formatLock(lock), 'x'))).toEqual(inOrder(lock));
  } catch (error) {
    if (!(error instanceof SysmonvmError)) throw error;
    expect(['image.lock-invalid', 'image.key-fingerprint']).toContain(error.code);
  }
}

describe('the reader of lock files, with anything', () => {
  it('one changed place of a genuine file: the same trust or an error of ours', () => {
    const put = fc.oneof(
      fc.string({ maxLength: 3 }),
      fc.constantFrom(
        '"',
        '{',
        '}',
        ',',
        '\\',
        '\0',
        'null',
        '1e9',
        'signed',
        'A',
        'http:',
        '"__proto__": 1,',
        '\ufeff',
      ),
    );
    fc.assert(
      fc.property(fc.nat(small.length), fc.nat(40), put, (at, remove, insert) =>
        assertHonest(`${small.slice(0, at)}${insert}${small.slice(at + remove)}`),
      ),
      { numRuns: 400 },
    );
  });

  it('a value of any kind in any place', () => {
    const places = pathsOf(JSON.parse(small));
    fc.assert(
      fc.property(fc.constantFrom(...places), fc.jsonValue({ maxDepth: 2 }), (path, value) => {
        const copy = JSON.parse(small) as unknown;
        put(copy, path, value);
        assertHonest(JSON.stringify(copy));
      }),
      { numRuns: 400 },
    );
  });

  it('JSON of any kind, text of any kind', () => {
    fc.assert(fc.property(fc.oneof(fc.json(), fc.string({ unit: 'binary' })), assertHonest), { numRuns: 200 });
  });

  it.each([
    [
      'a key twice (case 25)',
      small.replace('"lockfileVersion": 1,', '"lockfileVersion": 1,\n  "keys": {},'),
      'line 4, column 3',
    ],
    ['a digest twice (case 25)', small.replace('"digest":', '"digest": "sha256:0",\n      "digest":'), 'twice'],
    ['__proto__ (case 25)', small.replace('"keys": {', '"__proto__": {}, "keys": {'), 'line 3, column 3'],
    [
      'a size of "1e9" (case 25)',
      small.replace('"size": null', '"size": "1e9"'),
      'images.0.size (almalinux-9/aarch64)',
    ],
    ['a size of 1.5', small.replace('"size": null', '"size": 1.5'), 'images.0.size'],
    ['an extra field (case 25)', small.replace('"size": null', '"size": null, "trusted": true'), '"trusted"'],
    [
      'a digest in upper case (case 25)',
      small.replace(/"sha256:[0-9a-f]{64}"/, (all) => all.toUpperCase()),
      'images.0.digest',
    ],
    [
      'a digest that is too short (case 25)',
      small.replace(/[0-9a-f]{2}",\n( *)"urls/, '",\n$1"urls'),
      'images.0.digest',
    ],
    ['a user in a URL', small.replace('https://repo', 'https://a@repo'), 'names a user'],
    ['no reason at level tls-only (case 27)', small.replace(/,\n *"acknowledged": "[^"]*"/, ''), 'acknowledged'],
    ['5 MB', `${small}${' '.repeat(5_000_000)}`, 'characters'],
  ])('refuses %s and names the place', (_what, candidate, expected) => {
    expect(candidate).not.toBe(small);
    const error = failure(() => parseImageLock(candidate, 'x.json'));
    expect(error.code).toBe('image.lock-invalid');
    expect(error.message).toContain('x.json');
    expect(error.message).toContain(expected);
  });
});

type Path = readonly (string | number)[];

function pathsOf(value: unknown, path: Path = []): Path[] {
  if (typeof value !== 'object' || value === null) return [path];
  const inside = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return [...(path.length === 0 ? [] : [path]), ...inside.flatMap(([key, inner]) => pathsOf(inner, [...path, key]))];
}

function put(root: unknown, path: Path, value: unknown): void {
  const holder = path.slice(0, -1).reduce<unknown>((at, key) => (at as Record<string | number, unknown>)[key], root);
  (holder as Record<string | number, unknown>)[path.at(-1) ?? ''] = value;
}
