import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertNotRolledBack, compareBuilds } from '../../../src/core/image/build-order.ts';
import { failure } from '../../support/failure.ts';

describe('the order of builds', () => {
  it.each([
    ['20260526', '20260705'],
    ['20260526', '20260526.0'],
    ['9.9', '9.10'],
    ['18.7', '18.10'],
    ['r0', 'r1'],
    ['20260712-2537', '20260712-10000'],
    ['43-1.6', '44-1.1'],
  ])('%s is before %s', (earlier, later) => {
    expect(compareBuilds(earlier, later)).toBeLessThan(0);
    expect(compareBuilds(later, earlier)).toBeGreaterThan(0);
    expect(compareBuilds(later, later)).toBe(0);
  });

  it('is an order', () => {
    const build = fc.stringMatching(/^[0-9]{1,9}([.-][0-9]{1,9}){0,3}$/);
    fc.assert(
      fc.property(build, build, build, (a, b, c) => {
        expect(Math.sign(compareBuilds(a, b))).toBe(-Math.sign(compareBuilds(b, a)) + 0);
        if (compareBuilds(a, b) <= 0 && compareBuilds(b, c) <= 0) expect(compareBuilds(a, c)).toBeLessThanOrEqual(0);
      }),
    );
  });
});

const locked = {
  id: 'almalinux-9',
  version: '9.8',
  build: '20260526',
  digest: 'sha256:a',
  sizeBytes: 5,
  signedAt: '2026-05-26T10:00:00Z',
};

describe('what a vendor publishes', () => {
  const check = (found: Partial<typeof locked>, allowDowngrade = false) =>
    assertNotRolledBack(locked, { ...locked, ...found }, { allowDowngrade });

  it.each<[string, Partial<typeof locked>]>([
    ['the same', {}],
    ['a newer build', { build: '20260601', digest: 'sha256:b', sizeBytes: 6 }],
    ['a newer version with a build counted from the beginning', { version: '9.9', build: '1', digest: 'sha256:b' }],
    ['the same, signed again', { signedAt: '2026-11-01T00:00:00Z' }],
  ])('may be %s', (_what, found) => expect(() => check(found)).not.toThrow());

  it.each<[string, Partial<typeof locked>]>([
    ['an older build (case 20)', { build: '20260101', digest: 'sha256:b' }],
    ['an older version with a later build', { version: '9.7', build: '20260901', digest: 'sha256:b' }],
    [
      'a newer build under an older signature',
      { build: '20260601', digest: 'sha256:b', signedAt: '2026-01-01T00:00:00Z' },
    ],
  ])('may be %s only on purpose', (_what, found) => {
    const error = failure(() => check(found));
    expect(error.code).toBe('image.rollback');
    expect(error.next.join()).toContain('--allow-downgrade');
    expect(() => check(found, true)).not.toThrow();
  });

  it.each<[string, Partial<typeof locked>]>([
    ['the same build with another digest (case 20)', { digest: 'sha256:b' }],
    ['the same build with another size', { sizeBytes: 6 }],
  ])('may never be %s', (_what, found) => {
    for (const allowDowngrade of [false, true])
      expect(failure(() => check(found, allowDowngrade)).code).toBe('image.mutated');
  });

  it('is compared by what is known', () => {
    expect(() =>
      assertNotRolledBack({ ...locked, sizeBytes: null, signedAt: null }, locked, { allowDowngrade: false }),
    ).not.toThrow();
  });
});
