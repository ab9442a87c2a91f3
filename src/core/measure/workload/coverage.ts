import { type MeasuredSeries, seriesKey } from '../result-set.ts';
import { parametersText } from './parameter-matrix.ts';
import type { Parameters, Tier, Workload } from './workload.ts';

/** Metrics of a workload that have no value, for one combination of parameters. */
export interface MissingResult {
  readonly workload: string;
  readonly tiers: readonly Tier[];
  readonly parameters: Parameters;
  readonly metrics: readonly string[];
  readonly reason: string;
}

export const notSelected = 'not selected';

/** Why there is no result: a workload, or with its parameters one combination of it. */
export type ReasonFor = (workload: string, parameters: Parameters) => string | undefined;

/** What the workloads of a file (and of a tier) still owe: one line for each combination that is not complete. */
export function missingResults(
  workloads: readonly Workload[],
  tier: Tier | undefined,
  series: readonly MeasuredSeries[],
  reasonFor: ReasonFor,
): readonly MissingResult[] {
  const measured = new Set(series.filter(({ values }) => values.length > 0).map(seriesKey));
  return workloads
    .filter(({ tiers }) => tier === undefined || tiers.includes(tier))
    .flatMap(({ id, tiers, combinations, metrics }) =>
      combinations.flatMap((parameters) => {
        const missing = metrics
          .map(({ name }) => name)
          .filter((metric) => !measured.has(seriesKey({ workload: id, metric, parameters })));
        if (missing.length === 0) return [];
        return [
          { workload: id, tiers, parameters, metrics: missing, reason: reasonFor(id, parameters) ?? 'not measured' },
        ];
      }),
    );
}

export function combinationKey(workload: string, parameters: Parameters): string {
  return `${workload} ${parametersText(parameters)}`;
}
