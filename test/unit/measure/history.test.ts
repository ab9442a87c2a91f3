import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeHint } from '../../../src/core/measure/history/change-point.ts';
import { chooseSeries, everything } from '../../../src/core/measure/history/choose-series.ts';
import { compareLabels, labelsOf, usualLabels } from '../../../src/core/measure/history/compare-labels.ts';
import { historyText } from '../../../src/core/measure/history/history-text.ts';
import { makeHistory } from '../../../src/core/measure/history/make-history.ts';
import { ascending, medianInterval, medianOf } from '../../../src/core/measure/history/median-interval.ts';
import { sparkline } from '../../../src/core/measure/history/sparkline.ts';
import { trendOf } from '../../../src/core/measure/history/trend.ts';
import { seededRandom } from '../../../src/core/measure/statistics/seeded-random.ts';
import { bootSeries, compared, comparison, fingerprint, resultSet, wave } from '../../support/comparisons.ts';
import { keptRuns } from '../../support/kept-results.ts';

const { series, hardware } = makeHistory(keptRuns(), [], { workload: 'boot' });
const [boot] = series;

describe('a history', () => {
  it('has a point a run, in the order of time, with commit, interval, count and failures [H-50] [M-33]', () => {
    expect(boot?.points).toHaveLength(28);
    const first = boot?.points[0];
    expect(first).toMatchObject({ label: 'main', hardware: 'A', count: 10, failed: 0, timeout: 0 });
    expect(first?.low).toBeLessThan(first?.median ?? 0);
    expect(first?.high).toBeGreaterThan(first?.median ?? 0);
    const times = boot?.points.map(({ at }) => at) ?? [];
    expect(times).toEqual([...times].sort());
  });

  it('has no value for a run that only failed: it is counted, and not 0 [H-26]', () => {
    const failed = boot?.points[8];
    expect(failed).toMatchObject({ count: 0, timeout: 10 });
    expect(failed).not.toHaveProperty('median');
  });

  it('does not mix hardware: each group has its own course [H-32] [H-59]', () => {
    expect(hardware.map(({ name }) => name)).toEqual(['A', 'B']);
    expect(hardware[1]?.description).toContain('tcg, emulated');
    const [a, b] = boot?.courses ?? [];
    expect(a?.hint).toMatchObject({ runId: boot?.points[12]?.runId });
    expect(b).toMatchObject({ hardware: 'B', trend: { direction: 'level', runs: 8 } });
    expect(b).not.toHaveProperty('hint');
  });

  it('tells an update that does not forbid comparing as a note', () => {
    const newer = { ...fingerprint, host: { ...fingerprint.host, release: '6.8.0-99' } };
    const sets = [fingerprint, newer].map((of, index) =>
      resultSet({ fingerprint: of, startedAt: `2026-10-0${index + 1}T00:00:00Z`, series: [bootSeries([1, 2, 3])] }),
    );
    const points = makeHistory(sets, [], {}).series[0]?.points;
    expect(points?.map((point) => point.hardware)).toEqual(['A', 'A']);
    expect(points?.[1]?.notes.join()).toContain('6.8.0-99');
  });

  it('keeps another unit and other parameters apart', () => {
    const sets = [bootSeries([1]), bootSeries([1], { unit: 's' }), bootSeries([1], { parameters: { cpus: 2 } })];
    expect(makeHistory([resultSet({ series: sets })], [], {}).series).toHaveLength(3);
  });

  it('takes both ends of a range of dates [H-53]', () => {
    const since = boot?.points[3]?.at ?? '';
    const until = boot?.points[6]?.at ?? '';
    expect(makeHistory(keptRuns(), [], { workload: 'boot', since, until }).series[0]?.points).toHaveLength(4);
  });

  it('carries how a run was judged where a comparison of it was kept [H-52]', () => {
    const [run] = keptRuns(1);
    const { attempts: _a, series: _s, ...current } = run ?? resultSet();
    const judged = comparison({
      current: { ...current, source: 'x' },
      series: [compared('total', 'regressed', wave(1, 9), wave(2, 9))],
    });
    const points = makeHistory(run === undefined ? [] : [run], [judged], {}).series.map((one) => one.points[0]);
    expect(points.map((point) => point?.change)).toEqual(['regressed', undefined, undefined]);
    expect(points[1]?.verdict).toBe('regressed');
  });

  it('is a table with breaks, a line and words for trend and hint', () => {
    const text = historyText({ series, hardware, unreadable: [] });
    expect(text).toContain('-- hardware B --');
    expect(text).toMatch(/main-20260817T020000Z .* - +- +0 +0 \+ 10 timed out/);
    expect(text).toContain('A hint, no verdict.');
    expect(text).toMatch(/^ {2}[▁-█·]{20}│[▁-█]{8}$/m);
  });
});

describe('the choice of the page', () => {
  it('leaves points out and says anew what is left [H-53]', () => {
    const [left] = chooseSeries(series, { ...everything, from: '2026-09-10' });
    expect(left?.points).toHaveLength(8);
    expect(left?.courses.map((course) => course.hardware)).toEqual(['B']);
    expect(chooseSeries(series, { ...everything, arch: 'riscv64' })).toEqual([]);
  });

  it('sets main against the last release, and nothing across hardware [H-51]', () => {
    expect(usualLabels(labelsOf(series))).toEqual({ current: 'main', release: 'v1.2.0' });
    const [same] = compareLabels(series, 'main', 'v1.2.0');
    expect(same?.deltaPercent).toBeCloseTo(2, 0);
    expect(same?.apart).toBe(false);
    const [other] = compareLabels(series, 'main', 'v1.1.0');
    expect(other).toMatchObject({ otherHardware: true });
    expect(other).not.toHaveProperty('deltaPercent');
  });
});

describe('statistics of a history', () => {
  it('the interval of a median is the one of the tables, and none below six values', () => {
    // Hahn & Meeker, two-sided 95 %: ranks 2 and 9 of 10, 6 and 15 of 20, 40 and 61 of 100.
    const ranks = (count: number) => medianInterval(Array.from({ length: count }, (_, index) => index + 1));
    expect(ranks(5)).toBeUndefined();
    expect(ranks(6)).toEqual({ low: 1, high: 6 });
    expect(ranks(10)).toEqual({ low: 2, high: 9 });
    expect(ranks(20)).toEqual({ low: 6, high: 15 });
    expect(ranks(100)).toEqual({ low: 40, high: 61 });
    expect(ranks(5000)?.low).toBeGreaterThan(2400);
  });

  it('the interval holds the true median in at least 95 of 100 samples', () => {
    const random = seededRandom(7, 'coverage');
    const held = Array.from({ length: 2000 }, () => {
      const sample = ascending(Array.from({ length: 15 }, () => Math.exp(random(10_000) / 1000)));
      const { low = 0, high = 0 } = medianInterval(sample) ?? {};
      return low <= Math.exp(5) && Math.exp(5) <= high;
    }).filter(Boolean).length;
    expect(held / 2000).toBeGreaterThanOrEqual(0.95);
  });

  it('a median lies in the middle, and of nothing there is none', () => {
    expect([medianOf([]), medianOf([3]), medianOf([1, 2]), medianOf([1, 5, 9])]).toEqual([undefined, 3, 1.5, 5]);
  });

  it('a trend is found in noise, and one bad run does not make one', () => {
    const noisy = wave(100, 30, 0.01);
    expect(trendOf(noisy)?.direction).toBe('level');
    expect(trendOf(noisy.map((value, index) => (index === 20 ? 1000 : value)))?.direction).toBe('level');
    const rising = trendOf(noisy.map((value, index) => value + index * 0.5));
    expect(rising?.direction).toBe('rising');
    expect(rising?.changePercent).toBeCloseTo(14.5, 0);
    expect(trendOf(noisy.map((value, index) => value - index))?.direction).toBe('falling');
    expect(trendOf([1, 2, 3])).toBeUndefined();
  });

  it('a trend does not depend on the unit', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 6, maxLength: 20 }), (values) => {
        const [one, thousand] = [trendOf(values), trendOf(values.map((value) => value * 1000))];
        expect(thousand?.direction).toBe(one?.direction);
      }),
    );
  });

  it('a step is found where it is, the same hint every time', () => {
    const step = [...wave(100, 12, 0.01), ...wave(110, 9, 0.01)];
    expect(changeHint(step)).toMatchObject({ index: 12, pValue: 0.001 });
    expect(changeHint(step)).toEqual(changeHint(step));
  });

  it('no step is seen in noise more often than the test allows', () => {
    const random = seededRandom(3, 'noise');
    const hints = Array.from({ length: 300 }, () =>
      changeHint(Array.from({ length: 20 }, () => 1000 + random(1000))),
    ).filter((hint) => hint !== undefined);
    expect(hints.length).toBeLessThanOrEqual(9);
    expect(changeHint(Array.from({ length: 20 }, () => 5))).toBeUndefined();
    expect(changeHint([1, 1, 1, 2, 2, 2])).toBeUndefined();
  });

  it('a line of characters scales each group by itself', () => {
    const points = [1, 2, 3].map((value) => ({ value, group: 'A' }));
    expect(sparkline([...points, { group: 'A' }, { value: 900, group: 'B' }, { value: 901, group: 'B' }])).toBe(
      '▁▅█·│▁█',
    );
  });
});
