import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordedBoots } from '../../../../bench/lib/boot-samples.mjs';
import { gateRates } from '../../../../bench/lib/gate-rates.mjs';
import { compareResults } from '../../../../src/core/measure/judging/compare-results.ts';
import { repetitionsNeeded } from '../../../../src/core/measure/statistics/repetitions-needed.ts';
import { seededRandom } from '../../../../src/core/measure/statistics/seeded-random.ts';
import { lognormalBoots } from '../../../support/measured-results.ts';

const recorded = (name: string) => join(import.meta.dirname, '../../../fixtures/measure', name);

/**
 * Real boots of debian-12, emulated by two processors, recorded in two hours of one day with a spread of 8 % and of
 * 3 %, and two kinds of made ones: evenly noisy ones, and ones of which every twentieth waits for a timer. At most 40 a
 * side are wanted; at a spread of 8 % the gate asks for a few more.
 */
const pilots = [
  { kind: 'recorded, 8 %', pilot: recordedBoots(recorded('recorded-boots.json')), most: 46 },
  { kind: 'recorded, 3 %', pilot: recordedBoots(recorded('recorded-boots-quiet.json')), most: 40 },
  { kind: 'lognormal, 5 %', pilot: lognormalBoots(seededRandom(11, 'pilot'), 40, 0.05), most: 40 },
  {
    kind: 'one of twenty is 30 % late',
    pilot: lognormalBoots(seededRandom(12, 'pilot'), 40, 0.03).map((value, index) =>
      index % 20 === 0 ? value * 1.3 : value,
    ),
    most: 40,
  },
];

describe('the gate itself', () => {
  it.each(pilots)(
    '$kind: A against A passes in 99 of 100 trials, 10 % slower is found in 95, at what the gate asks for [H-38]',
    ({ pilot, most }) => {
      const judge = { compareResults, repetitionsNeeded, seededRandom };
      const { size, same, slower } = gateRates(judge, pilot, { trials: 100, seed: 1 });
      expect(size).toBeGreaterThan(5);
      expect(size).toBeLessThanOrEqual(most);
      expect(same.passed).toBeGreaterThanOrEqual(99);
      expect(slower.regressed).toBeGreaterThanOrEqual(95);
    },
    60_000,
  );

  it('far fewer than that do not find it: the number is not for show', () => {
    const pilot = pilots[2]?.pilot ?? [];
    const judge = { compareResults, repetitionsNeeded, seededRandom };
    const { slower } = gateRates(judge, pilot, { trials: 20, seed: 1, size: 6 });
    expect(slower.regressed).toBeLessThan(15);
    expect(slower.inconclusive).toBeGreaterThan(3);
  });
});
