import type { BootCourse, BootPart, PlannedBoot } from '../boot/boot-order.ts';
import { bootSeries, type CountedBoot } from '../boot/boot-series.ts';
import type { AbNumber, AbRequest } from '../boot-operations.ts';
import type { MeasuredSeries } from '../result-set.ts';
import { interleavedOrder, powerSentence, readPilot } from './ab-plan.ts';
import { refuseUnknownNames } from './compare-results.ts';
import { defineMetric } from './define-metric.ts';
import { methodFor } from './judge-together.ts';

export interface AbCourse extends BootCourse {
  /** As it was decided; before the pilot has ended, what its boots are. */
  readonly number: () => AbNumber;
}

const sides = ['a', 'b'] as const;
type Side = (typeof sides)[number];
const defaultSeed = 1;

/** Parameters of a side while it is measured; its result has none of them, so that both have the same series. */
export const sideParameters = (side: Side, settings: MeasuredSeries['parameters']): MeasuredSeries['parameters'] => ({
  side,
  ...settings,
});

/**
 * Pilot boots of both, then as many as they ask for, in one order that is settled from the beginning. `tell` hears what
 * the pilot says. The number is decided once.
 */
export function abCourse(request: AbRequest, tell: (sentence: string) => void): AbCourse {
  const { warmup, judging, a, b } = request;
  const seed = judging.seed ?? defaultSeed;
  let number: AbNumber =
    request.iterations === undefined
      ? { perSide: request.pilot, sentence: `a pilot of ${boots(request.pilot)} a side` }
      : { perSide: request.iterations, sentence: `${boots(request.iterations)} a side, as asked for` };
  let decided = request.iterations !== undefined;
  const order = interleavedOrder(request.iterations ?? Math.max(request.most, request.pilot), seed);
  const warm = interleavedOrder(warmup, seed);
  let made = 0;
  const next = (counted: readonly CountedBoot[]): PlannedBoot | undefined => {
    // Known from here on, long before the end.
    if (counted.length === 2) refuseUnknownNames(judging, bootSeries(counted));
    if (!decided && made === warm.length + 2 * request.pilot) {
      decided = true;
      number = numberAfterPilot(request, counted);
      tell(number.sentence);
    }
    if (made >= warm.length + 2 * number.perSide) return undefined;
    const side = warm[made] ?? order[made - warm.length];
    made += 1;
    return { configuration: side === 'a' ? 0 : 1, warmup: made <= warm.length };
  };
  const parts = (counted: readonly CountedBoot[]): readonly BootPart[] =>
    sides.map((side) => ({
      suffix: `-${side}`,
      label: labelOf(request.label, side, side === 'a' ? a.parameters : b.parameters),
      boots: ofSide(counted, side),
    }));
  return { next, total: () => warm.length + 2 * number.perSide, parts, number: () => number };
}

const boots = (count: number): string => (count === 1 ? '1 boot' : `${count} boots`);

function labelOf(label: string | undefined, side: Side, settings: MeasuredSeries['parameters']): string {
  const texts = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
  return [...(label === undefined ? [] : [label]), side, ...texts].join(' ');
}

function ofSide(counted: readonly CountedBoot[], wanted: Side): readonly CountedBoot[] {
  return counted.flatMap((boot) => {
    const { start = 'cold', side } = boot.parameters;
    return side === wanted ? [{ ...boot, parameters: { start } }] : [];
  });
}

function numberAfterPilot(request: AbRequest, counted: readonly CountedBoot[]): AbNumber {
  const { judging, pilot, most } = request;
  const [ofA, ofB] = sides.map((side) => bootSeries(ofSide(counted, side)));
  const method = methodFor(judging.seed, judging.metrics.length);
  const found = judging.metrics.map((metric) => {
    const [a, b] = [ofA, ofB].map((series) => series?.find((one) => one.metric === metric));
    if (a === undefined || b === undefined) return { metric };
    const definition = defineMetric(a, judging, false);
    return { metric, read: readPilot([a.values, b.values], definition, judging.metrics.length, method) };
  });
  const dumb = found.find(({ read }) => read === undefined);
  const said = `pilot of ${boots(pilot)} a side`;
  if (dumb !== undefined) {
    const sentence = `${said}: too few were completed to show how ${dumb.metric} spreads, so no more are made`;
    return { perSide: pilot, pilot: { perSide: pilot }, sentence };
  }
  const sentences = found.map(
    ({ metric, read }) => `${powerSentence(read?.needed, `${read?.shift} in ${metric}`, method, 'boots')}`,
  );
  const numbers = found.map(({ read }) => read?.needed);
  const needed = numbers.includes(undefined) ? undefined : Math.max(...numbers.map((one) => one ?? 0));
  const perSide = Math.max(pilot, Math.min(needed ?? pilot, most));
  return {
    perSide,
    pilot: { perSide: pilot, ...(needed === undefined ? {} : { needed }) },
    sentence: `${said}: ${sentences.join('; ')}; ${thenText(needed, perSide, request)}`,
  };
}

function thenText(needed: number | undefined, perSide: number, { pilot, most }: AbRequest): string {
  if (needed === undefined) return 'no more are made';
  if (needed > most) return `at most ${most} are made (--max), which may leave it open`;
  const more = perSide - pilot;
  return more === 0 ? 'the pilot has as many' : `${boots(more)} more ${more === 1 ? 'is' : 'are'} made`;
}
