import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { interleavedOrder, powerSentence, readPilot } from '../../../../src/core/measure/judging/ab-plan.ts';
import { defaultMethod } from '../../../../src/core/measure/statistics/judging-method.ts';
import { seededRandom } from '../../../../src/core/measure/statistics/seeded-random.ts';
import { lognormalBoots } from '../../../support/measured-results.ts';

describe('turns of an A/B', () => {
  it('are blocks of ABBA', () => {
    expect(interleavedOrder(4).join('')).toBe('abbaabba');
    expect(interleavedOrder(3).join('')).toBe('abbaab');
    expect(interleavedOrder(0)).toEqual([]);
  });
  it('with a seed begin with either, reproducibly, as often each, and even drift hits both alike', () => {
    expect(new Set(Array.from({ length: 20 }, (_, seed) => interleavedOrder(4, seed).join(''))).size).toBeGreaterThan(
      2,
    );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 1000 }), (iterations, seed) => {
        const order = interleavedOrder(iterations, seed);
        expect(order).toEqual(interleavedOrder(iterations, seed));
        const places = (side: string) => order.flatMap((one, place) => (one === side ? [place] : []));
        expect([places('a').length, places('b').length]).toEqual([iterations, iterations]);
        const drift = (side: string) => places(side).reduce((sum, place) => sum + place, 0);
        if (iterations % 2 === 0) expect(drift('a')).toBe(drift('b'));
      }),
    );
  });
});

describe('a pilot', () => {
  const definition = {
    metric: 'boot_total',
    unit: 'ms',
    better: 'lower',
    tolerancePercent: 5,
    floor: 200,
    reason: '',
  } as const;
  const boots = (seed: number, spread = 0.04) => lognormalBoots(seededRandom(seed, 'pilot'), 6, spread);
  it('tells how many boots a side find which shift, by the spread within the sides alone', () => {
    const pilot = readPilot([boots(4), boots(5)], definition, 1, defaultMethod);
    expect(pilot?.shift).toBe('10 %');
    expect(pilot?.needed).toBeGreaterThan(5);
    const slower = boots(5).map((value) => value * 3);
    expect(readPilot([boots(4), slower], definition, 1, defaultMethod)).toEqual(pilot);
    expect(readPilot([boots(4, 0.08), boots(5, 0.08)], definition, 1, defaultMethod)?.needed).toBeGreaterThan(
      pilot?.needed ?? Number.NaN,
    );
  });
  it('asks for more where several metrics are judged together, and says when no number helps', () => {
    const sides = [boots(4), boots(5)] as const;
    const alone = readPilot(sides, definition, 1, defaultMethod)?.needed ?? Number.NaN;
    expect(readPilot(sides, definition, 6, defaultMethod)?.needed).toBeGreaterThanOrEqual(alone);
    const none = readPilot(sides, { ...definition, tolerancePercent: 0, floor: 0 }, 1, defaultMethod);
    expect(none).toEqual({ shift: '0 %' });
    expect(powerSentence(none?.needed, '0 %', defaultMethod, 'boots')).toBe(
      'no number of boots would find a shift of 0 %',
    );
  });
  it('needs five boots a side, and has a limit of its own where a metric is 0', () => {
    expect(readPilot([boots(4), boots(5).slice(0, 4)], definition, 1, defaultMethod)).toBeUndefined();
    const zeros = [0, 0, 1, 0, 2, 0];
    expect(readPilot([zeros, zeros], definition, 1, defaultMethod)?.shift).toBe('400 ms');
  });
});
