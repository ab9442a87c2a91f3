import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { adjustByHolm } from '../../../../src/core/measure/statistics/adjust-by-holm.ts';
import { moreFailuresByChance } from '../../../../src/core/measure/statistics/fisher-exact.ts';
import { midranks } from '../../../../src/core/measure/statistics/midranks.ts';
import { rankTest } from '../../../../src/core/measure/statistics/rank-test.ts';
import { seededRandom } from '../../../../src/core/measure/statistics/seeded-random.ts';

const sample = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 2, maxLength: 12 });

/** Share of all ways to deal the ranks out that are at least as far from the middle: what the permutations estimate. */
function exactP(first: readonly number[], second: readonly number[]): number {
  const ranks = [...midranks([...first, ...second])];
  const middle = (second.length * (ranks.length + 1)) / 2;
  const seen = Math.abs(ranks.slice(first.length).reduce((sum, rank) => sum + rank, 0) - middle);
  let [all, asFar] = [0, 0];
  for (let chosen = 0; chosen < 2 ** ranks.length; chosen += 1) {
    const picked = ranks.filter((_, index) => (chosen >> index) & 1);
    if (picked.length !== second.length) continue;
    all += 1;
    if (Math.abs(picked.reduce((sum, rank) => sum + rank, 0) - middle) >= seen) asFar += 1;
  }
  return asFar / all;
}

describe('rank test', () => {
  it.each([
    [
      [1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10],
    ],
    [
      [1, 4, 5, 8],
      [2, 6, 9, 10, 11],
    ],
    [
      [1, 1, 2, 2],
      [2, 2, 3, 3, 3],
    ],
    [
      [5, 5, 5],
      [5, 5, 5],
    ],
  ])('of %j and %j is the share of all dealings that are as far apart', (first, second) => {
    const { pValue } = rankTest(first, second, 20_000, seededRandom(1, 'x'));
    expect(pValue).toBeCloseTo(exactP(first, second), 2);
  });

  it('the same seed gives the same p; another one nearly the same', () => {
    const values = [
      [1, 4, 5, 8, 3],
      [2, 6, 9, 10, 11],
    ] as const;
    const p = (seed: number) => rankTest(...values, 5000, seededRandom(seed, 'x')).pValue;
    expect(p(3)).toBe(p(3));
    expect(new Set([1, 2, 3, 4].map(p)).size).toBeGreaterThan(1);
    expect(Math.abs(p(1) - p(2))).toBeLessThan(0.03);
  });

  it('the effect size is the share of pairs won minus lost, and turns with the sides', () => {
    const size = (a: readonly number[], b: readonly number[]) => rankTest(a, b, 1, seededRandom(1, 'x')).effectSize;
    expect(size([1, 2], [3, 4])).toBe(1);
    expect(size([3, 4], [1, 2])).toBe(-1);
    expect(size([1, 2], [1, 2])).toBe(0);
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        let wins = 0;
        for (const x of a) for (const y of b) wins += Math.sign(y - x);
        expect(size(a, b)).toBeCloseTo(wins / a.length / b.length, 9);
      }),
    );
  });

  it('p does not ask which side is which, and knows no unit', () => {
    fc.assert(
      fc.property(sample, sample, (a, b) => {
        const p = (x: readonly number[], y: readonly number[]) => rankTest(x, y, 200, seededRandom(1, 'x')).pValue;
        const doubled = (values: readonly number[]) => values.map((value) => value * 2);
        expect(p(doubled(a), doubled(b))).toBe(p(a, b));
        if (a.length === b.length) expect(p(b, a)).toBe(p(a, b));
      }),
    );
  });
});

describe('several tests together', () => {
  it('Holm: the smallest by the number of tests, the next by one less, and never down again', () => {
    expect(adjustByHolm([0.01, 0.04, 0.03])).toEqual([0.03, 0.06, 0.06]);
    expect(adjustByHolm([0.5, 0.9])).toEqual([1, 1]);
    expect(adjustByHolm([])).toEqual([]);
  });

  it('keeps the order and raises every p', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true })), (ps) => {
        const adjusted = adjustByHolm(ps);
        for (const [i, p] of ps.entries()) {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p);
          for (const [j, q] of ps.entries()) if (p < q) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] ?? 0);
        }
      }),
    );
  });
});

describe('failures', () => {
  it('Fisher: the tea tasting, and what chance cannot do', () => {
    expect(moreFailuresByChance({ failed: 1, total: 4 }, { failed: 3, total: 4 })).toBeCloseTo(17 / 70, 9);
    expect(moreFailuresByChance({ failed: 0, total: 10 }, { failed: 2, total: 10 })).toBeCloseTo(0.2368, 4);
    expect(moreFailuresByChance({ failed: 0, total: 25 }, { failed: 8, total: 28 })).toBeLessThan(0.005);
    expect(moreFailuresByChance({ failed: 5, total: 5 }, { failed: 0, total: 5 })).toBeCloseTo(1, 9);
  });
});
