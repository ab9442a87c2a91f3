import type { CriterionResult } from './criterion-result.ts';
import type { MetricDefinition } from './metric-definition.ts';
import type { ResultSet } from './result-set.ts';
import type { JudgingMethod } from './statistics/judging-method.ts';

export type { CriterionResult } from './criterion-result.ts';

/** Shape of one sample. `low` and `high` bound the median with the confidence that the comparison names. */
export interface SampleSummary {
  readonly count: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly median: number;
  /** Mean of the middle 60 %: what differences are taken of. */
  readonly center: number;
  /** Of the sample (n − 1); absent for a single value. */
  readonly stdev?: number;
  /** Median absolute deviation, not scaled. */
  readonly mad: number;
  readonly p90: number;
  readonly low?: number;
  readonly high?: number;
}

/** What a difference is called. `inconclusive`: the data neither show a regression nor exclude one. */
export type Change = 'regressed' | 'improved' | 'unchanged' | 'inconclusive';

export interface SeriesComparison {
  readonly workload: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly definition: MetricDefinition;
  readonly baseline: SampleSummary;
  readonly current: SampleSummary;
  /** Current minus baseline (centers), in the unit of the metric. */
  readonly delta: number;
  /** Of the baseline's center; not a number where the baseline is not above 0, `null` in JSON. */
  readonly deltaPercent: number;
  /** Confidence interval of `deltaPercent` by bootstrap; absent where either side has too few values. */
  readonly deltaPercentLow?: number;
  readonly deltaPercentHigh?: number;
  /** Two-sided, by a seeded permutation test, adjusted for all series of the comparison. */
  readonly pValue?: number;
  /** Cliff's delta, −1…1: how far the two samples lie apart, whatever the unit. */
  readonly effectSize?: number;
  readonly change: Change;
  /** One sentence. */
  readonly reason: string;
  /** What the comparison is there to find: twice the limit. Absent where a single value is judged. */
  readonly wantedShiftPercent?: number;
  /** Repetitions a side that would find `wantedShiftPercent`, when there were too few. */
  readonly neededPerSide?: number;
}

export type Verdict = 'passed' | 'regressed' | 'inconclusive';

export interface MissingSeries {
  readonly workload: string;
  readonly metric: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly missingIn: 'baseline' | 'current';
}

/** A side as far as it is known: a file of one number knows neither guest nor hardware. */
export interface ComparedSide
  extends Pick<ResultSet, 'schemaVersion' | 'runId'>,
    Partial<Omit<ResultSet, 'schemaVersion' | 'runId' | 'attempts' | 'series' | 'criteria'>> {
  /** File, directory, `tag:TAG/ARCH/NAME`, or the option that gave the number. */
  readonly source: string;
}

export interface AttemptCounts {
  readonly completed: number;
  readonly failed: number;
  readonly timeout: number;
}

/** Everything that a report says; `bench compare --json` prints it, and a later report can be made of the file. */
export interface Comparison {
  readonly schemaVersion: 1;
  readonly baseline: ComparedSide;
  readonly current: ComparedSide;
  /** Why the two may not be judged against one another; empty when they may. */
  readonly incomparable: readonly string[];
  /** Differences that may matter and do not forbid it. */
  readonly notes: readonly string[];
  readonly series: readonly SeriesComparison[];
  readonly missing: readonly MissingSeries[];
  readonly criteria: readonly CriterionResult[];
  readonly attempts: { readonly baseline: AttemptCounts; readonly current: AttemptCounts };
  readonly method: JudgingMethod;
  readonly verdict: Verdict;
  /** One sentence each, the deciding one first. */
  readonly reasons: readonly string[];
}
