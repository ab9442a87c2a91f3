export type Better = 'lower' | 'higher';

/** When a difference of a metric matters. Each limit has a reason, because a limit without one is raised within weeks. */
export interface MetricDefinition {
  readonly metric: string;
  readonly unit: string;
  readonly better: Better;
  /** In `unit`; a smaller difference is no regression, however certain it is. */
  readonly floor: number;
  /** In percent of the baseline. */
  readonly tolerancePercent: number;
  readonly reason: string;
}
