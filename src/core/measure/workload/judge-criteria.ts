import type { CriterionResult } from '../criterion-result.ts';
import type { MeasuredSeries } from '../result-set.ts';
import { seriesKey } from '../result-set.ts';
import { aggregate } from './aggregate.ts';
import type { Condition, Parameters, Workload } from './workload.ts';

/**
 * Each criterion of the profile for each combination of parameters that it holds for. What is compared is the median of
 * the repetitions; without one the criterion is not met.
 */
export function judgeCriteria(
  workloads: readonly Workload[],
  profile: string,
  series: readonly MeasuredSeries[],
): readonly CriterionResult[] {
  const values = new Map(series.map((one) => [seriesKey(one), one.values]));
  return workloads.flatMap(({ id, criteria, combinations, metrics }) =>
    (criteria[profile] ?? []).flatMap(({ metric, condition, threshold, when }) =>
      combinations
        .filter((parameters) => holds(when, parameters))
        .map((parameters) => {
          const measured = values.get(seriesKey({ workload: id, metric, parameters })) ?? [];
          const value = measured.length === 0 ? undefined : aggregate('median', measured);
          const unit = metrics.find(({ name }) => name === metric)?.unit ?? '';
          return {
            ...{ workload: id, metric, parameters, profile, condition, threshold, unit },
            ...(value === undefined ? {} : { value }),
            met: value !== undefined && isMet(value, condition, threshold),
          };
        }),
    ),
  );
}

function holds(when: Parameters, parameters: Parameters): boolean {
  return Object.entries(when).every(([name, value]) => parameters[name] === value);
}

function isMet(value: number, condition: Condition, threshold: number): boolean {
  switch (condition) {
    case '>=':
      return value >= threshold;
    case '<=':
      return value <= threshold;
    case '>':
      return value > threshold;
    case '<':
      return value < threshold;
    case '==':
      return value === threshold;
  }
}
