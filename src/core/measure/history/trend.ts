import { ascending, medianOf } from './median-interval.ts';

/** Theil–Sen: the median of the slopes between all pairs, which single bad runs cannot turn. */
export interface Trend {
  /** `level`: the interval of the slope holds 0. */
  readonly direction: 'rising' | 'falling' | 'level';
  readonly runs: number;
  /** Change over all of these runs, in percent of where the line begins. */
  readonly changePercent: number;
  readonly lowPercent: number;
  readonly highPercent: number;
}

/** All pairs of the newest ones: their number grows with the square, and what older ones say is over. */
const trendRuns = 400;
const least = 6;
const normalQuantile = 1.96;

/** By run, not by date: what was not measured has no slope. undefined: too few runs, or they begin at 0. */
export function trendOf(all: readonly number[]): Trend | undefined {
  const values = all.slice(-trendRuns);
  const runs = values.length;
  if (runs < least) return undefined;
  const slopes = new Float64Array((runs * (runs - 1)) / 2);
  let at = 0;
  for (const [later, value] of values.entries())
    for (let earlier = 0; earlier < later; earlier += 1)
      slopes[at++] = (value - (values[earlier] ?? Number.NaN)) / (later - earlier);
  slopes.sort();
  // Sen 1968: how far the ranks of the slopes scatter when there is no trend.
  const scatter = normalQuantile * Math.sqrt((runs * (runs - 1) * (2 * runs + 5)) / 18);
  const slopeAt = (rank: number) => slopes[Math.min(slopes.length - 1, Math.max(0, Math.round(rank)))] ?? Number.NaN;
  const middle = (slopes.length - 1) / 2;
  const slope = (slopeAt(Math.floor(middle)) + slopeAt(Math.ceil(middle))) / 2;
  const [low, high] = [slopeAt(middle - scatter / 2), slopeAt(middle + scatter / 2)];
  const begin = medianOf(ascending(values.map((value, index) => value - slope * index))) ?? 0;
  if (begin === 0) return undefined;
  const percent = (each: number) => ((each * (runs - 1)) / Math.abs(begin)) * 100;
  return {
    direction: low > 0 ? 'rising' : high < 0 ? 'falling' : 'level',
    runs,
    changePercent: percent(slope),
    lowPercent: percent(low),
    highPercent: percent(high),
  };
}
