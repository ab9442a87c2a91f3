import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../../src/core/config/resolve-config.ts';
import type { CountedBoot } from '../../../../src/core/measure/boot/boot-series.ts';
import type { AbRequest } from '../../../../src/core/measure/boot-operations.ts';
import { acceptedBySettings } from '../../../../src/core/measure/judging/ab-accepted.ts';
import { abCourse, sideParameters } from '../../../../src/core/measure/judging/ab-course.ts';
import { seededRandom } from '../../../../src/core/measure/statistics/seeded-random.ts';
import { lognormalBoots, plainWishes } from '../../../support/measured-results.ts';
import { observedBoot } from '../../../support/observed-boots.ts';

const config = resolveConfig({ env: {}, flags: {} });
const request = (more: Partial<AbRequest> = {}): AbRequest => ({
  a: { config, parameters: {} },
  b: { config, parameters: { boot: 'uefi' } },
  ...{ pilot: 5, most: 40, warmup: 0, warm: false, sampleIntervalMs: 1000 },
  judging: { ...plainWishes, metrics: ['boot_total'] },
  ...more,
});

type Take = (side: 'a' | 'b', nth: number) => number | undefined;

/** Goes the whole course with boots that take what `take` says. */
function walk(asked: AbRequest, take: Take) {
  const told: string[] = [];
  const course = abCourse(asked, (sentence) => told.push(sentence));
  const counted: CountedBoot[] = [];
  let order = '';
  for (let turn = course.next(counted); turn !== undefined; turn = course.next(counted)) {
    const side = turn.configuration === 0 ? 'a' : 'b';
    order += turn.warmup ? side.toUpperCase() : side;
    if (turn.warmup) continue;
    const parameters = { start: 'cold', ...sideParameters(side, side === 'a' ? {} : { boot: 'uefi' }) };
    const nth = counted.filter((boot) => boot.parameters['side'] === side).length;
    counted.push({ iteration: counted.length + 1, parameters, observed: observedBoot(take(side, nth)) });
  }
  return { course, order, told, parts: course.parts(counted) };
}

const spread = (share: number): Take => {
  const random = seededRandom(3, 'walk');
  const boots = { a: lognormalBoots(random, 200, share), b: lognormalBoots(random, 200, share, 2) };
  return (side, nth) => boots[side][nth];
};
const count = (order: string, side: string) => order.split(side).length - 1;

describe('the course of an A/B', () => {
  it('makes a pilot of both, then as many a side as its spread asks for, and decides it once', () => {
    const { order, told, course } = walk(request(), spread(0.04));
    const { perSide, pilot } = course.number();
    expect(pilot).toEqual({ perSide: 5, needed: perSide });
    expect(perSide).toBeGreaterThan(5);
    expect([count(order, 'a'), count(order, 'b'), course.total()]).toEqual([perSide, perSide, 2 * perSide]);
    expect(told).toEqual([course.number().sentence]);
    expect(told[0]).toMatch(
      /^pilot of 5 boots a side: \d+ boots a side would find a shift of 10 % in boot_total with 95 % power; (?:1 boot more is|\d+ boots more are) made$/,
    );
  });

  it('in blocks of ABBA or BAAB by the seed, the same for the same seed', () => {
    const orders = [1, 1, 2, 3, 4].map(
      (seed) => walk(request({ iterations: 8, judging: { ...request().judging, seed } }), spread(0.05)).order,
    );
    expect(orders[0]).toBe(orders[1]);
    expect(new Set(orders).size).toBeGreaterThan(1);
    for (const order of orders) expect(order).toMatch(/^(abba|baab){4}$/);
  });

  it('makes no more than --max and says that this may leave it open', () => {
    const { order, told } = walk(request({ most: 6 }), spread(0.2));
    expect([count(order, 'a'), count(order, 'b')]).toEqual([6, 6]);
    expect(told[0]).toContain('at most 6 are made (--max), which may leave it open');
  });

  it('makes the number that is asked for, after warm-ups of both, without a pilot', () => {
    const { order, told, course } = walk(request({ iterations: 3, warmup: 1 }), spread(0.2));
    expect(order).toMatch(/^(AB|BA)[ab]{6}$/);
    expect([told, course.number()]).toEqual([[], { perSide: 3, sentence: '3 boots a side, as asked for' }]);
  });

  it('ends after a pilot that does not show the spread', () => {
    const { order, course } = walk(request(), (side, nth) => (side === 'a' ? 20_000 + nth : undefined));
    expect(order).toHaveLength(10);
    expect(course.number().sentence).toContain('too few were completed to show how boot_total spreads');
    expect(course.number().pilot).toEqual({ perSide: 5 });
  });

  it('has one result a side, with the same series, and with the settings in its label', () => {
    const { parts } = walk(request({ iterations: 2, label: 'nightly' }), spread(0.05));
    expect(parts.map(({ suffix, label, boots }) => [suffix, label, boots.length])).toEqual([
      ['-a', 'nightly a', 2],
      ['-b', 'nightly b boot=uefi', 2],
    ]);
    for (const { boots } of parts) for (const { parameters } of boots) expect(parameters).toEqual({ start: 'cold' });
  });

  it('a wish for a metric that boots do not have ends it after one boot of each', () => {
    const asked = request({ judging: { ...plainWishes, metrics: ['nonsense'] } });
    expect(() => walk(asked, spread(0.05))).toThrow('Neither result has a metric nonsense; there are boot_total');
  });
});

describe('what A and B were asked to differ in', () => {
  it('keeps nothing from being judged', () => {
    expect(acceptedBySettings(['boot', 'image', 'cpus', 'disk'])).toEqual(['firmware', 'cpus']);
  });
});
