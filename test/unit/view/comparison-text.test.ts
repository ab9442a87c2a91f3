import { describe, expect, it } from 'vitest';
import { compareResults } from '../../../src/core/measure/judging/compare-results.ts';
import { seededRandom } from '../../../src/core/measure/statistics/seeded-random.ts';
import { comparisonText } from '../../../src/core/view/comparison-text.ts';
import { bootSeries, lognormalBoots, measured, resultSet } from '../../support/measured-results.ts';

const random = seededRandom(3, 'view');
const side = (factor: number) =>
  measured(resultSet([bootSeries(lognormalBoots(random, 20, 0.03, factor), { parameters: { start: 'cold' } })]));
const comparison = compareResults(side(1), side(1.3), { tolerancePercentOf: {}, betterOf: {}, accept: [] });
const metricLines = (width?: number) =>
  (comparisonText(comparison, width).split('\n\n')[1] ?? '').split('\n').filter((line) => line !== '');

describe('a comparison as text [H-42]', () => {
  it('is a table where it fits', () => {
    expect(metricLines()[0]).toMatch(/^METRIC +BASELINE +CURRENT +DELTA +INTERVAL +LIMIT +VERDICT$/);
    expect(metricLines(200)).toEqual(metricLines());
  });

  it('says the same in lines of their own where it does not', () => {
    const [title, sides, delta] = metricLines(80);
    expect(title).toBe('boot boot_total (start=cold): regressed');
    expect(sides).toMatch(/^ {2}[\d.]+ ms \(n=20\) → [\d.]+ ms \(n=20\)$/);
    expect(delta).toMatch(/^ {2}\+\d+\.\d % \[\+\d+\.\d % to \+\d+\.\d %\], limit 5 % and 200 ms$/);
  });
});
