import { describe, expect, it } from 'vitest';
import { comparePairs, interleave, median, medianInterval, seededRandom } from '../../../bench/lib/pairs.mjs';

describe('statistics of paired runs', () => {
  it('median of odd, even and no values', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow('no values');
    const values = [2, 1];
    median(values);
    expect(values).toEqual([2, 1]);
  });

  it('the interval holds the median, is the same every time, and closes on equal values', () => {
    const random = seededRandom(7);
    const values = Array.from({ length: 15 }, () => 10 + random());
    const interval = medianInterval(values);
    expect(interval).toEqual(medianInterval(values));
    expect(interval.low).toBeLessThanOrEqual(median(values));
    expect(interval.high).toBeGreaterThanOrEqual(median(values));
    expect(interval.high - interval.low).toBeLessThan(1);
    expect(medianInterval([5, 5, 5])).toEqual({ low: 5, high: 5 });
    expect(medianInterval([5])).toEqual({ low: 5, high: 5 });
  });

  it('the 95 % interval covers the true median in about 95 % of experiments', () => {
    const random = seededRandom(42);
    const experiments = 400;
    const hits = Array.from({ length: experiments }, (_, seed) => {
      const values = Array.from({ length: 15 }, () => random());
      const { low, high } = medianInterval(values, { resamples: 400, seed });
      return low <= 0.5 && 0.5 <= high;
    }).filter(Boolean).length;
    expect(hits / experiments).toBeGreaterThan(0.88);
    expect(hits / experiments).toBeLessThan(0.995);
  });

  it('the generator is uniform enough', () => {
    const random = seededRandom(1);
    const values = Array.from({ length: 10_000 }, random);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(values.reduce((sum, value) => sum + value, 0) / values.length).toBeCloseTo(0.5, 1);
  });

  it('ratio and difference are taken inside each pair: drift of the machine cancels out', () => {
    const drift = [1, 5, 2, 9, 1, 7, 3];
    const compared = comparePairs(
      drift.map((slow) => 2 * slow),
      drift,
    );
    expect(compared.pairs).toBe(7);
    expect(compared.ratio).toEqual({ median: 2, low: 2, high: 2 });
    expect(compared.difference.median).toBe(3);
    expect(() => comparePairs([1], [1, 2])).toThrow('no pairs');
  });

  it('runs are interleaved and take turns in going first', async () => {
    const order: string[] = [];
    const run = (side: string) => () => order.push(side);
    const done: number[] = [];
    const results = await interleave(3, run('a'), run('b'), (pair) => done.push(pair));
    expect(order.join('')).toBe('abbaab');
    expect(results).toEqual({ ours: [1, 4, 5], theirs: [2, 3, 6] });
    expect(done).toEqual([1, 2, 3]);
  });
});
