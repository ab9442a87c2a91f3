import { fail } from '../../errors/sysmonvm-error.ts';
import type { AttemptCounts, Comparison, MissingSeries, SeriesComparison } from '../comparison.ts';
import { type MeasuredSeries, seriesKey } from '../result-set.ts';
import type { DifferenceName } from './compare-fingerprints.ts';
import { compareSides } from './compare-sides.ts';
import { defineMetric, type MetricWishes } from './define-metric.ts';
import { judgeFailures } from './judge-failures.ts';
import { judgeTogether, methodFor, type SeriesToJudge } from './judge-together.ts';
import { judgeVerdict } from './judge-verdict.ts';
import type { MeasuredResult } from './measured-result.ts';

export interface JudgingWishes extends MetricWishes {
  /** Names of the metrics that are judged; undefined: all. */
  readonly metrics?: readonly string[];
  readonly accept: readonly DifferenceName[];
  readonly seed?: number;
}

/** Judges the current result by the baseline. The same input and seed give the same comparison. */
export function compareResults(
  wholeBaseline: MeasuredResult,
  wholeCurrent: MeasuredResult,
  wishes: JudgingWishes,
): Comparison {
  refuseUnknownNames(wishes, [...wholeBaseline.series, ...wholeCurrent.series]);
  const [baseline, current] = [onlyJudged(wholeBaseline, wishes), onlyJudged(wholeCurrent, wishes)];
  const [before, now] = [withValues(baseline), withValues(current)];
  const shared = [...now].flatMap(([key, is]) => {
    const was = before.get(key);
    return was === undefined ? [] : [pairOf(key, was, is, wishes)];
  });
  const method = methodFor(wishes.seed, shared.length);
  const { incomparable, notes } = compareSides(baseline.side, current.side, wishes.accept);
  const series = judgeTogether(shared, method).map((one) => (incomparable.length === 0 ? one : unjudged(one)));
  const missing = [...missingIn('current', before, now), ...missingIn('baseline', now, before)];
  const criteria = current.criteria;
  const withoutValue = withoutValueOf(current);
  const { verdict, reasons } = judgeVerdict({
    ...{ incomparable, series, missing, criteria },
    failures: judgeFailures(baseline, current, method.alpha),
    tier: current.side.tier ?? 1,
    ...(withoutValue === undefined ? {} : { withoutValue }),
  });
  return {
    schemaVersion: 1,
    baseline: baseline.side,
    current: current.side,
    ...{ incomparable, notes: [...notes, ...baseline.notes, ...current.notes], series, missing, criteria },
    attempts: { baseline: countsOf(baseline), current: countsOf(current) },
    ...{ method, verdict, reasons },
  };
}

/** Acceptance criteria are the workload's own and stay, whatever is compared. */
const onlyJudged = (result: MeasuredResult, { metrics }: JudgingWishes): MeasuredResult =>
  metrics === undefined
    ? result
    : { ...result, series: result.series.filter(({ metric }) => metrics.includes(metric)) };

const withValues = ({ series }: MeasuredResult): ReadonlyMap<string, MeasuredSeries> =>
  new Map(series.filter(({ values }) => values.length > 0).map((one) => [seriesKey(one), one]));

function pairOf(key: string, was: MeasuredSeries, is: MeasuredSeries, wishes: MetricWishes): SeriesToJudge {
  const single = was.values.length === 1 || is.values.length === 1;
  const stated = { ...was.definition, ...is.definition };
  const definition = defineMetric({ ...is, definition: stated }, wishes, single);
  const pair = { key, definition, baseline: was.values, current: is.values };
  return { series: is, pair, ...(was.unit === is.unit ? {} : { otherUnit: was.unit }) };
}

const unjudged = (one: SeriesComparison): SeriesComparison => ({
  ...one,
  change: 'inconclusive',
  reason: `Not judged, because the two are not comparable. As numbers: ${one.reason}`,
});

function missingIn(
  side: MissingSeries['missingIn'],
  has: ReadonlyMap<string, MeasuredSeries>,
  lacks: ReadonlyMap<string, MeasuredSeries>,
): readonly MissingSeries[] {
  return [...has]
    .filter(([key]) => !lacks.has(key))
    .map(([, { workload, metric, parameters }]) => ({ workload, metric, parameters, missingIn: side }));
}

function withoutValueOf({ form, series, attempts, side }: MeasuredResult): string | undefined {
  if (form !== 'number' || series.some(({ values }) => values.length > 0)) return undefined;
  const outcome = attempts.find((attempt) => attempt.outcome !== 'completed');
  const why = outcome?.message ?? (outcome?.outcome === 'timeout' ? 'the boot timed out' : 'it was not completed');
  return `${side.source} tells no time: ${why}.`;
}

function countsOf({ attempts }: MeasuredResult): AttemptCounts {
  const count = (outcome: string) => attempts.filter((attempt) => attempt.outcome === outcome).length;
  return { completed: count('completed'), failed: count('failed'), timeout: count('timeout') };
}

/** @throws usage.invalid-argument when a wish names a metric that no series has */
export function refuseUnknownNames(
  { tolerancePercentOf, betterOf, metrics = [] }: JudgingWishes,
  series: readonly MeasuredSeries[],
): void {
  const known = new Set(series.map(({ metric }) => metric));
  const named = [...Object.keys(tolerancePercentOf), ...Object.keys(betterOf), ...metrics];
  const unknown = named.find((name) => !known.has(name));
  // Results without any value have no names; what became of them is told.
  if (unknown === undefined || known.size === 0) return;
  fail('usage.invalid-argument', `Neither result has a metric ${unknown}; there are ${[...known].join(', ')}.`, {
    details: { metric: unknown, known: [...known] },
  });
}
