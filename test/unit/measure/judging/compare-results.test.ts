import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SeriesComparison } from '../../../../src/core/measure/comparison.ts';
import { compareResults } from '../../../../src/core/measure/judging/compare-results.ts';
import { seededRandom } from '../../../../src/core/measure/statistics/seeded-random.ts';
import {
  attemptsOf,
  bootSeries,
  lognormalBoots,
  measured,
  plainWishes,
  resultSet,
} from '../../../support/measured-results.ts';

const random = seededRandom(3, 'compare');
const boots = (count: number, factor = 1, spread = 0.03) => lognormalBoots(random, count, spread, factor);
const before = boots(30);
const judge = (baseline: readonly number[], current: readonly number[], wishes = {}) =>
  compareResults(measured(baseline), measured(current), { ...plainWishes, ...wishes });
const only = (comparison: { readonly series: readonly SeriesComparison[] }): SeriesComparison => {
  const [series] = comparison.series;
  if (series === undefined || comparison.series.length !== 1) throw new Error('not one series');
  return series;
};

describe('a series has regressed when it is certain, above the floor and above the limit', () => {
  it('all three: regressed, with interval, p, effect and reason [H-37] [H-42]', () => {
    const comparison = judge(before, boots(30, 1.12));
    expect(comparison.verdict).toBe('regressed');
    expect(only(comparison)).toMatchObject({
      change: 'regressed',
      wantedShiftPercent: 10,
      effectSize: expect.any(Number),
    });
    expect(only(comparison).deltaPercentLow).toBeGreaterThan(0);
    expect(only(comparison).deltaPercentHigh).toBeGreaterThan(only(comparison).deltaPercent);
    expect(only(comparison).pValue).toBeLessThan(0.005);
    expect(comparison.reasons[0]).toMatch(/^boot boot_total regressed: \+1\d\.\d % \[.*\], p < 0\.001: certain/);
  });

  it('certain, but below the limit: unchanged; the limit is the caller’s, for all or for one [H-38] [M-25]', () => {
    const slower = boots(30, 1.12);
    expect(judge(before, slower, { tolerancePercent: 25 }).verdict).toBe('passed');
    expect(judge(before, slower, { tolerancePercentOf: { boot_total: 25 } }).verdict).toBe('passed');
    const both = judge(before, slower, { tolerancePercent: 25, tolerancePercentOf: { boot_total: 5 } });
    expect(both.verdict).toBe('regressed');
    expect(() => judge(before, slower, { tolerancePercentOf: { boot_toatl: 5 } })).toThrow('there are boot_total');
  });

  it('certain and beyond the limit, but below the floor: unchanged', () => {
    const quick = (factor: number) => boots(30, factor).map((value) => value / 100);
    const small = only(judge(quick(1), quick(1.2)));
    expect(small).toMatchObject({ change: 'unchanged', definition: { floor: 200 } });
    expect(small.deltaPercent).toBeGreaterThan(15);
    // The floor is what is looked for: twice 200 ms of some 300 ms.
    expect(small.wantedShiftPercent).toBeGreaterThan(100);
  });

  it('beyond the limit, but not certain: inconclusive, and how many would do', () => {
    const noisy = only(judge(boots(6, 1, 0.2), boots(6, 1.08, 0.2)));
    expect(noisy.change).toBe('inconclusive');
    expect(noisy.neededPerSide).toBeGreaterThan(20);
    expect(noisy.reason).toContain(
      `${noisy.neededPerSide} repetitions a side would find a shift of +10.0 % with 95 % power`,
    );
  });

  it('too few to show a spread: inconclusive, whatever they are', () => {
    expect(only(judge(before, [30_000, 30_000]))).toMatchObject({ change: 'inconclusive', neededPerSide: 10 });
    expect(only(judge(before, [90_000, 90_000])).pValue).toBeUndefined();
  });
});

describe('properties', () => {
  it('the same seed gives the same comparison, another one the same verdict', () => {
    const slower = boots(30, 1.1);
    expect(judge(before, slower, { seed: 4 })).toEqual(judge(before, slower, { seed: 4 }));
    expect(judge(before, slower, { seed: 5 }).method.seed).toBe(5);
    expect(judge(before, slower, { seed: 5 }).verdict).toBe(judge(before, slower, { seed: 4 }).verdict);
  });

  it('what is worse turns with the direction of the metric, and with the sides [H-39]', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.7, max: 1.4, noNaN: true }), (factor) => {
        const current = before.map((value, index) => value * factor * (1 + (index % 3) / 200));
        const as = (better: string) => only(judge(before, current, { betterOf: { boot_total: better } }));
        const [lower, higher] = [as('lower'), as('higher')];
        expect(higher.delta).toBe(lower.delta);
        expect(higher.pValue).toBe(lower.pValue);
        const turned = { regressed: 'improved', improved: 'regressed' } as Record<string, string>;
        if (lower.change in turned) expect(higher.change).toBe(turned[lower.change]);
        const swapped = only(judge(current, before));
        expect(swapped.delta).toBeCloseTo(-lower.delta, 6);
        expect(swapped.pValue).toBe(lower.pValue);
        expect(swapped.effectSize).toBeCloseTo(-(lower.effectSize ?? 0), 9);
      }),
      { numRuns: 15 },
    );
  });

  it('no unit matters: a factor on both sides changes nothing but the numbers', () => {
    const slower = boots(20, 1.1);
    const scaled = (factor: number) =>
      judge(
        before.map((value) => value * factor),
        slower.map((value) => value * factor),
      );
    const one = only(scaled(1));
    for (const factor of [4, 1024]) {
      const other = only(scaled(factor));
      expect(other.deltaPercent).toBeCloseTo(one.deltaPercent, 9);
      expect(other).toMatchObject({ change: one.change, pValue: one.pValue, effectSize: one.effectSize });
      expect(other.deltaPercentHigh).toBeCloseTo(one.deltaPercentHigh ?? 0, 9);
    }
  });

  it('of a baseline of 0 there are no percents; the floor alone is the limit', () => {
    const lost = (values: readonly number[]) =>
      measured(
        resultSet([
          bootSeries(values, { metric: 'packets_lost', unit: '%', definition: { floor: 1, better: 'lower' } }),
        ]),
      );
    const none = Array.from({ length: 12 }, () => 0);
    const clean = compareResults(lost(none), lost(none), plainWishes);
    expect([clean.verdict, only(clean).deltaPercent]).toEqual(['passed', Number.NaN]);
    const leaking = compareResults(lost(none), lost(none.map((_, index) => 3 + index / 10)), plainWishes);
    expect(only(leaking)).toMatchObject({ change: 'regressed', reason: expect.stringContaining('limit of 1 %') });
  });
});

describe('several series', () => {
  it('are judged together: what one test would call certain is not, among thirty', () => {
    const [base, near] = [boots(8, 1, 0.02), boots(8, 1.06, 0.02)];
    const many = (values: readonly number[], rest: readonly number[]) =>
      measured(
        resultSet(
          Array.from({ length: 30 }, (_, index) =>
            bootSeries(index === 0 ? values : rest, { metric: `boot_stage_${index}` }),
          ),
        ),
      );
    const alone = only(judge(base, near));
    const together = compareResults(many(base, base), many(near, base), plainWishes);
    expect(together.series[0]?.pValue).toBeGreaterThan(20 * (alone.pValue ?? 1));
    expect(together.method.resamples).toBeGreaterThan(10_000 * 5);
  });

  it('the same metric with other parameters is another series; another unit is not compared [H-09] [H-13]', () => {
    const udp = (size: number, values: readonly number[], unit = 'Mbps') =>
      bootSeries(values, { workload: 'udp', metric: 'throughput', unit, parameters: { packet_size: size } });
    const fast = boots(20).map((value) => value / 100);
    const baseline = measured(resultSet([udp(64, fast), udp(1024, fast)]));
    const current = measured(resultSet([udp(64, fast), udp(1024, fast, 'Gbps')]));
    const { series, verdict } = compareResults(baseline, current, plainWishes);
    expect(series.map(({ change }) => change)).toEqual(['unchanged', 'inconclusive']);
    expect(series[1]?.reason).toBe('Mbps in the baseline and Gbps now cannot be compared.');
    expect(verdict).toBe('inconclusive');
  });

  it('what is missing is listed: tier 1 cannot pass, tier 2 is reported, tier 3 informs [H-33] [H-58]', () => {
    const full = measured(resultSet([bootSeries(before), bootSeries(before, { metric: 'boot_kernel' })]));
    const part = (tier: 1 | 2 | 3) => measured(resultSet([bootSeries(before)], { tier }));
    const judged = ([1, 2, 3] as const).map((tier) => compareResults(full, part(tier), plainWishes));
    expect(judged.map(({ verdict }) => verdict)).toEqual(['inconclusive', 'passed', 'passed']);
    expect(judged[0]?.missing).toEqual([
      { workload: 'boot', metric: 'boot_kernel', parameters: {}, missingIn: 'current' },
    ]);
    expect(judged.map(({ reasons }) => reasons.find((reason) => reason.includes('boot_kernel')))).toEqual([
      'boot boot_kernel has no result.',
      'boot boot_kernel has no result: reported, not judged (tier 2).',
      'boot boot_kernel has no result: for information only (tier 3).',
    ]);
    const grown = compareResults(part(1), full, plainWishes);
    expect([grown.verdict, grown.missing[0]?.missingIn]).toEqual(['passed', 'baseline']);
  });
});

describe('repetitions that were not completed', () => {
  const withAttempts = (completed: number, failed: number, outcome: 'failed' | 'timeout' = 'timeout') =>
    measured(
      resultSet([bootSeries(before.slice(0, completed))], {
        attempts: attemptsOf([
          ...Array.from({ length: completed }, () => 'completed' as const),
          ...Array.from({ length: failed }, () => outcome),
        ]),
      }),
    );

  it('are counted and never a value [H-26]', () => {
    const { attempts } = compareResults(withAttempts(20, 1), withAttempts(20, 2, 'failed'), plainWishes);
    expect(attempts).toEqual({
      baseline: { completed: 20, failed: 0, timeout: 1 },
      current: { completed: 20, failed: 2, timeout: 0 },
    });
  });

  it('none completed any more: regressed, because it fails', () => {
    const { verdict, reasons } = compareResults(withAttempts(20, 0), withAttempts(0, 3), plainWishes);
    expect([verdict, reasons[0]]).toEqual([
      'regressed',
      'boot: 3 of 3 repetitions were not completed, and 20 of 20 in the baseline were: it fails now.',
    ]);
    expect(compareResults(withAttempts(0, 3), withAttempts(0, 3), plainWishes).verdict).toBe('inconclusive');
  });

  it('more than chance brings: regressed; fewer: told', () => {
    const often = compareResults(withAttempts(25, 0), withAttempts(20, 9), plainWishes);
    expect([often.verdict, often.reasons[0]]).toEqual(['regressed', expect.stringContaining('fails more often')]);
    const seldom = compareResults(withAttempts(25, 0), withAttempts(24, 1), plainWishes);
    expect(seldom.verdict).toBe('passed');
    expect(seldom.reasons.at(-1)).toContain('1 of 25 repetitions were not completed, in the baseline 0 of 25');
  });
});

describe('limits of the workloads’ own', () => {
  const criterion = { workload: 'boot', metric: 'boot_total', parameters: {}, profile: 'gateway', unit: 'ms' } as const;

  it('fail by themselves, even within the tolerance and on any hardware [H-40]', () => {
    const criteria = [{ ...criterion, condition: '<=' as const, threshold: 7000, value: 30_000, met: false }];
    const current = measured(resultSet([bootSeries(before)], { criteria, profile: 'gateway' }));
    const { verdict, reasons, series } = compareResults(measured(before), current, plainWishes);
    expect([verdict, series[0]?.change]).toEqual(['regressed', 'unchanged']);
    expect(reasons[0]).toBe('boot boot_total is 30000 ms; the profile gateway asks for <= 7000 ms.');
    const elsewhere = { ...current, side: { ...current.side, arch: 'aarch64' } };
    expect(compareResults(measured(before), elsewhere, plainWishes).verdict).toBe('regressed');
  });

  it('one of which nothing was measured is not met', () => {
    const criteria = [{ ...criterion, condition: '<' as const, threshold: 7000, met: false }];
    const current = measured(resultSet([bootSeries(before)], { criteria }));
    expect(compareResults(measured(before), current, plainWishes).reasons[0]).toContain('is not measured');
  });
});
