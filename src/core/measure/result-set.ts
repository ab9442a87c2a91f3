import type { CriterionResult } from './criterion-result.ts';
import type { Fingerprint } from './fingerprint.ts';
import type { MetricDefinition } from './metric-definition.ts';

/** Values of one metric of one workload with one set of parameters; a boot is the workload `boot`. */
export interface MeasuredSeries {
  readonly workload: string;
  readonly metric: string;
  readonly unit: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  /** What the workload itself says about the metric; the rest follows from name and unit. */
  readonly definition?: Partial<Omit<MetricDefinition, 'metric' | 'unit'>>;
  /** One per repetition that was completed, in the order in which they were observed. */
  readonly values: readonly number[];
}

export type AttemptOutcome = 'completed' | 'failed' | 'timeout';

/** Every repetition, whatever became of it: a failure or a timeout is counted here and is never a value. */
export interface Attempt {
  readonly workload: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly iteration: number;
  readonly outcome: AttemptOutcome;
  /** RFC 3339, UTC. */
  readonly at: string;
  /** Why it is not `completed`. */
  readonly code?: string;
  readonly message?: string;
}

/** What one invocation of `bench boot` or `bench run` measured: the form in which results are kept and compared. */
export interface ResultSet {
  readonly schemaVersion: 1;
  readonly kind: 'boot' | 'workloads';
  /** `<label>-<YYYYMMDDTHHMMSSZ>` or `<YYYYMMDDTHHMMSSZ>`. */
  readonly runId: string;
  readonly label?: string;
  readonly guest: string;
  readonly arch: string;
  /** Target profile whose acceptance criteria are in force. */
  readonly profile?: string;
  readonly tier?: 1 | 2 | 3;
  /** RFC 3339, UTC. */
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Commit of what was measured, when known. */
  readonly commit?: string;
  readonly fingerprint: Fingerprint;
  readonly attempts: readonly Attempt[];
  readonly series: readonly MeasuredSeries[];
  /** The run was interrupted, or goes on: what is here was measured, and more was asked for. */
  readonly unfinished?: true;
  /** The workloads' own limits for `profile`, as they were met. */
  readonly criteria?: readonly CriterionResult[];
}

/** The same for two series that may be compared. */
export function seriesKey({
  workload,
  metric,
  parameters,
}: Pick<MeasuredSeries, 'workload' | 'metric' | 'parameters'>): string {
  const sorted = Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([workload, metric, sorted]);
}
