import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intervalTail } from '../../../../src/core/measure/statistics/interval-tail.ts';
import { defaultMethod } from '../../../../src/core/measure/statistics/judging-method.ts';
import { repetitionsNeeded } from '../../../../src/core/measure/statistics/repetitions-needed.ts';
import { seededRandom } from '../../../../src/core/measure/statistics/seeded-random.ts';
import { sortedValues } from '../../../../src/core/measure/statistics/sorted-values.ts';
import { summarizeSample } from '../../../../src/core/measure/statistics/summarize-sample.ts';
import { trimmedMean, trimmedSpread } from '../../../../src/core/measure/statistics/trimmed-mean.ts';
import { lognormalBoots } from '../../../support/measured-results.ts';

const method = { ...defaultMethod, resamples: 1000 };
const values = fc.array(fc.double({ min: 1, max: 1e6, noNaN: true }), { minLength: 1, maxLength: 40 });

describe('summary of a sample [M-16] [M-59]', () => {
  it('has count, extremes, mean, median, center, deviations and 90 %', () => {
    expect(summarizeSample([10, 1, 2, 3, 4], method)).toMatchObject({
      ...{ count: 5, min: 1, max: 10, mean: 4, median: 3, center: 3, mad: 1, p90: expect.closeTo(7.6, 9) },
      stdev: expect.closeTo(3.5355, 4),
    });
  });

  it('of one value it knows no spread, of none nothing', () => {
    expect(summarizeSample([7], method)).toEqual({
      ...{ count: 1, min: 7, max: 7, mean: 7, median: 7, center: 7, mad: 0, p90: 7 },
    });
    expect(summarizeSample([], method)).toBeUndefined();
    expect(summarizeSample([1, 2, 3, 4], method)?.low).toBeUndefined();
  });

  it('lies within itself, follows a factor, and is the same with the same seed', () => {
    fc.assert(
      fc.property(values, fc.integer({ min: 1, max: 3 }), (sample, power) => {
        const one = summarizeSample(sample, { ...method, resamples: 50 });
        expect(one).toEqual(summarizeSample([...sample].reverse(), { ...method, resamples: 50 }));
        const scaled = summarizeSample(
          sample.map((value) => value * 2 ** power),
          { ...method, resamples: 50 },
        );
        if (one === undefined) throw new Error('there are values');
        const slack = one.max * 1e-12;
        expect(one.center).toBeGreaterThanOrEqual(one.min - slack);
        expect(one.center).toBeLessThanOrEqual(one.max + slack);
        expect(scaled?.center).toBeCloseTo(one.center * 2 ** power, 5);
        expect(scaled?.low).toBe(one.low === undefined ? undefined : one.low * 2 ** power);
        expect((one.low ?? one.median) <= one.median && one.median <= (one.high ?? one.median)).toBe(true);
      }),
    );
  });

  it('the interval of the median holds the true one in about 95 of 100 samples, also of small ones', () => {
    const random = seededRandom(5, 'coverage');
    for (const size of [7, 25]) {
      const held = Array.from({ length: 400 }, () => {
        const { low = 0, high = 0 } =
          summarizeSample(lognormalBoots(random, size, 0.1), { ...method, resamples: 300 }) ?? {};
        return low <= 30_000 && 30_000 <= high;
      }).filter(Boolean).length;
      expect(held / 400).toBeGreaterThan(0.92);
      expect(held / 400).toBeLessThan(0.995);
    }
  });
});

describe('center', () => {
  it('leaves out a fifth at each end, so that an outlier moves nothing', () => {
    expect(trimmedMean([1, 2, 3, 4, 5])).toBe(3);
    expect(trimmedMean([1, 2, 3, 4, 5000])).toBe(3);
    expect(trimmedMean([2, 4])).toBe(3);
  });

  it('its spread over the root of n is how far centers of such samples lie apart', () => {
    const random = seededRandom(9, 'spread');
    const centers = Array.from({ length: 2000 }, () => trimmedMean(sortedValues(lognormalBoots(random, 20, 0.05))));
    const mean = centers.reduce((sum, one) => sum + one, 0) / centers.length;
    const seen = Math.sqrt(centers.reduce((sum, one) => sum + (one - mean) ** 2, 0) / centers.length);
    const told = trimmedSpread(sortedValues(lognormalBoots(random, 4000, 0.05))) / Math.sqrt(20);
    expect(told / seen).toBeGreaterThan(0.93);
    expect(told / seen).toBeLessThan(1.07);
  });

  it('an interval of few values leaves out less than one of many', () => {
    expect(intervalTail(0.95, 1000, 1000)).toBeCloseTo(0.025, 2);
    expect(intervalTail(0.95, 5, 5)).toBeLessThan(0.012);
  });
});

describe('repetitions that are needed', () => {
  const search = { shift: 10, limit: 5, together: 1, method };
  const pilot = (spread: number) =>
    lognormalBoots(seededRandom(2, 'pilot'), 60, spread).map((value) => (value / 30_000 - 1) * 100);

  it('grow with the spread and with the number of series; boots that spread by 8 % need at most 40', () => {
    const needed = [0.01, 0.04, 0.08].map((spread) => repetitionsNeeded({ ...search, residuals: pilot(spread) }) ?? 0);
    expect(needed).toEqual([...needed].sort((a, b) => a - b));
    expect(needed[0]).toBeLessThan(10);
    expect(needed[2]).toBeGreaterThan(20);
    expect(needed[2]).toBeLessThanOrEqual(40);
    const many = repetitionsNeeded({ ...search, together: 20, residuals: pilot(0.04) }) ?? 0;
    expect(many).toBeGreaterThan(needed[1] ?? 0);
  });

  it('are never so few that no dealing of the values could be significant', () => {
    const still = Array.from({ length: 20 }, () => 0);
    // 2 of 252 ways to deal ten values out are as far apart: 5 a side cannot reach 0.005.
    expect(repetitionsNeeded({ ...search, residuals: still })).toBe(6);
  });

  it('a great spread is told by the formula, and no shift needs no end of them', () => {
    expect(repetitionsNeeded({ ...search, residuals: pilot(1) })).toBeGreaterThan(1000);
    expect(repetitionsNeeded({ ...search, shift: 0, limit: 0, residuals: pilot(0.1) })).toBeUndefined();
    expect(repetitionsNeeded({ ...search, shift: 0.001, limit: 0, residuals: pilot(0.5) })).toBeUndefined();
  });
});
