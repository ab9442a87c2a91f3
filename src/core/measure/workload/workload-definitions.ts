import type { MetricDefinition } from '../metric-definition.ts';
import type { Workload } from './workload.ts';

/** Of a metric whose workload says nothing else. */
const usual = {
  tolerancePercent: 5,
  floor: 0,
  reason: 'the limit of workload metrics; this one names none of its own',
};

/** When a difference of each metric of a workload matters, for whoever compares results. */
export function workloadDefinitions({ metrics }: Workload): readonly MetricDefinition[] {
  return metrics.map(({ name, unit, better, tolerancePercent, floor, reason }) => ({
    metric: name,
    unit,
    better,
    floor: floor ?? usual.floor,
    tolerancePercent: tolerancePercent ?? usual.tolerancePercent,
    reason: reason ?? (tolerancePercent === undefined && floor === undefined ? usual.reason : 'set by the workload'),
  }));
}
