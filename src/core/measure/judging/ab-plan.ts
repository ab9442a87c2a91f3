import type { MetricDefinition } from '../metric-definition.ts';
import { type JudgingMethod, leastForInterval } from '../statistics/judging-method.ts';
import { repetitionsNeeded } from '../statistics/repetitions-needed.ts';
import { seededRandom } from '../statistics/seeded-random.ts';
import { sortedValues } from '../statistics/sorted-values.ts';
import { trimmedMean } from '../statistics/trimmed-mean.ts';
import { numberText, shareText, valueText } from './value-text.ts';

/**
 * Turns of two configurations, as many of each: in blocks of ABBA, in which a machine that gets slower or faster
 * evenly hits both alike. With a seed each block begins with either, so that no rhythm of the machine fits the blocks.
 * A longer order begins with a shorter one of the same seed and an even number of iterations.
 */
export function interleavedOrder(iterations: number, seed?: number): readonly ('a' | 'b')[] {
  const random = seed === undefined ? () => 0 : seededRandom(seed, 'order');
  const turns = (length: number): readonly ('a' | 'b')[] => {
    const [one, other] = random(2) === 0 ? (['a', 'b'] as const) : (['b', 'a'] as const);
    return [one, other, other, one].slice(0, length) as ('a' | 'b')[];
  };
  const blocks = Array.from({ length: Math.floor(iterations / 2) }, () => turns(4));
  return [...blocks.flat(), ...(iterations % 2 === 0 ? [] : turns(2))];
}

/** `N boots a side would find a shift of W with P power`; that none would, when `needed` is undefined. */
export function powerSentence(
  needed: number | undefined,
  shift: string,
  { power }: Pick<JudgingMethod, 'power'>,
  what = 'repetitions',
): string {
  if (needed === undefined) return `no number of ${what} would find a shift of ${shift}`;
  return `${numberText(needed)} ${what} a side would find a shift of ${shift} with ${shareText(power * 100)} power`;
}

interface Pilot {
  /** What the boots shall find: twice the limit, as a person reads it. */
  readonly shift: string;
  /** undefined: no number does. */
  readonly needed?: number;
}

/**
 * What a pilot says about one metric. Only how values spread within their own side is looked at, never how far the
 * sides lie apart: a number of boots that followed from the difference would be one more chance of a false alarm.
 * undefined: a side has too few values.
 */
export function readPilot(
  [a, b]: readonly [readonly number[], readonly number[]],
  { tolerancePercent, floor, unit }: MetricDefinition,
  together: number,
  method: JudgingMethod,
): Pilot | undefined {
  if (Math.min(a.length, b.length) < leastForInterval) return undefined;
  const center = trimmedMean(sortedValues(a));
  const relative = Math.min(...a) > 0;
  const limit = relative ? Math.max(tolerancePercent, (floor / center) * 100) : floor;
  const residuals = [...residualsOf(a, relative), ...residualsOf(b, relative)];
  const needed = repetitionsNeeded({ residuals, limit, shift: 2 * limit, together, method });
  const shift = relative ? shareText(2 * limit) : valueText(2 * limit, unit);
  return { shift, ...(needed === undefined ? {} : { needed }) };
}

/** Values lie closer to the center of their own sample than to the one of all boots: Bessel's correction. */
function residualsOf(values: readonly number[], relative: boolean): readonly number[] {
  const center = trimmedMean(sortedValues(values));
  const closer = Math.sqrt(values.length / (values.length - 1));
  return values.map((value) => (relative ? (value / center - 1) * 100 : value - center) * closer);
}
