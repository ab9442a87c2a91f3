import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareIds, formatLock } from '../../../src/core/image/format-lock.ts';
import { parseImageLock } from '../../../src/core/image/lock-schema.ts';
import { failure } from '../../support/failure.ts';

const text = readFileSync(new URL('../../../images.lock.json', import.meta.url), 'utf8');
const lock = parseImageLock(text, 'images.lock.json');

describe('the text of a lock file', () => {
  it('is what is shipped, to the byte; if not: node scripts/generate-reference.mjs [R-23]', () => {
    expect(formatLock(lock)).toBe(text);
  });

  it('does not depend on the order of entries, keys or fields', () => {
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...lock.images], { minLength: lock.images.length }),
        fc.boolean(),
        (images, turn) => {
          const keys = Object.fromEntries(Object.entries(lock.keys).reverse());
          const turned = images.map(
            (entry) => Object.fromEntries(Object.entries(entry).reverse()) as unknown as typeof entry,
          );
          expect(formatLock({ ...lock, keys, images: turn ? turned : images })).toBe(text);
        },
      ),
      { numRuns: 30 },
    );
  });

  it('is refused when it would not be read back', () => {
    const [first, ...others] = lock.images;
    const images = [{ ...first, origin: 'workspace' } as unknown as (typeof lock.images)[number], ...others];
    expect(failure(() => formatLock({ ...lock, images })).code).toBe('image.lock-invalid');
  });

  it('has numbers in the order of numbers', () => {
    const ids = ['rocky-10', 'rocky-9', 'alpine-3.9', 'alpine-3.23', 'debian-12-genericcloud', 'debian-12'];
    expect(ids.sort(compareIds)).toEqual([
      'alpine-3.9',
      'alpine-3.23',
      'debian-12',
      'debian-12-genericcloud',
      'rocky-9',
      'rocky-10',
    ]);
    fc.assert(
      fc.property(fc.string(), fc.string(), (a, b) => Math.sign(compareIds(a, b)) === -Math.sign(compareIds(b, a))),
    );
  });
});
