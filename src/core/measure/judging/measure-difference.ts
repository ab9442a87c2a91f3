import type { SampleSummary } from '../comparison.ts';
import type { MetricDefinition } from '../metric-definition.ts';
import { intervalOf } from '../statistics/bootstrap.ts';
import { intervalTail } from '../statistics/interval-tail.ts';
import type { JudgingMethod } from '../statistics/judging-method.ts';
import { type RankTest, rankTest } from '../statistics/rank-test.ts';
import { seededRandom } from '../statistics/seeded-random.ts';
import { resampleSample } from '../statistics/summarize-sample.ts';

export interface SeriesPair {
  readonly definition: MetricDefinition;
  readonly baseline: readonly number[];
  readonly current: readonly number[];
  /** Names the series; keeps its random numbers apart from those of others. */
  readonly key: string;
}

/** What two samples say, before anybody asks whether it matters. */
export interface Difference {
  readonly baseline: SampleSummary;
  readonly current: SampleSummary;
  readonly delta: number;
  readonly deltaPercent: number;
  /**
   * What limits and interval are measured in. Of a baseline that is not above 0 there are no percents: then it is the
   * unit of the metric, and the floor alone is the limit.
   */
  readonly scale: 'percent' | 'unit';
  readonly shift: number;
  readonly limit: number;
  /** Absent where a side has too few values. */
  readonly sampled?: {
    readonly low: number;
    readonly high: number;
    readonly test: RankTest;
    /** Values of both sides as differences from their own center. */
    readonly residuals: readonly number[];
  };
}

/** undefined when a side has no values. */
export function measureDifference(pair: SeriesPair, method: JudgingMethod): Difference | undefined {
  const { definition, key } = pair;
  const before = resampleSample(pair.baseline, method, `baseline ${key}`);
  const now = resampleSample(pair.current, method, `current ${key}`);
  if (before === undefined || now === undefined) return undefined;
  const [baseline, current] = [before.summary, now.summary];
  const delta = current.center - baseline.center;
  const relative = baseline.min > 0;
  const deltaPercent = relative ? (delta / baseline.center) * 100 : Number.NaN;
  const limit = relative
    ? Math.max(definition.tolerancePercent, (definition.floor / baseline.center) * 100)
    : definition.floor;
  const difference = {
    ...{ baseline, current, delta, deltaPercent, limit },
    scale: relative ? ('percent' as const) : ('unit' as const),
    shift: relative ? deltaPercent : delta,
  };
  if (before.centers === undefined || now.centers === undefined) return difference;
  const shifts = before.centers.map((was, round) => {
    const shift = (now.centers?.[round] ?? Number.NaN) - was;
    return relative ? (shift / was) * 100 : shift;
  });
  const residualsOf = (values: readonly number[], { center }: SampleSummary) =>
    values.map((value) => (relative ? (value / center - 1) * 100 : value - center));
  const sampled = {
    ...intervalOf(shifts, intervalTail(method.confidence, baseline.count, current.count)),
    test: rankTest(pair.baseline, pair.current, method.resamples, seededRandom(method.seed, `test ${key}`)),
    residuals: [...residualsOf(pair.baseline, baseline), ...residualsOf(pair.current, current)],
  };
  return { ...difference, sampled };
}
