import { fail } from '../../errors/sysmonvm-error.ts';
import { aggregate, leastValues } from './aggregate.ts';
import { derivedMetric, type UsageDuring } from './derived-metrics.ts';
import type { ReportedMetric } from './program-output.ts';
import type { WorkloadMetric } from './workload.ts';

export interface CollectedMetric {
  readonly metric: string;
  readonly unit: string;
  readonly value: number;
}

export interface Collected {
  readonly metrics: readonly CollectedMetric[];
  /** Of our own sampler, which may not be able to measure here; each with its reason. */
  readonly unmeasured: readonly { readonly metric: string; readonly reason: string }[];
}

/**
 * One value for each metric that the workload declares. What the program prints beside them is left out.
 * @throws workload.metric-missing, workload.unit-mismatch, workload.output-invalid
 */
export function collectMetrics(
  metrics: readonly WorkloadMetric[],
  reported: readonly ReportedMetric[],
  usage: UsageDuring,
): Collected {
  const collected: CollectedMetric[] = [];
  const unmeasured: { metric: string; reason: string }[] = [];
  for (const metric of metrics) {
    const derived = derivedMetric(metric.name);
    const own = reported.filter(({ name }) => name === metric.name);
    if (derived === undefined) {
      collected.push({ metric: metric.name, unit: metric.unit, value: singleValue(metric, own, reported) });
      continue;
    }
    if (own.length > 0) {
      const message = `the program printed ${metric.name}, which sysmonvm measures itself; print it under another name`;
      fail('workload.output-invalid', message, { details: { metric: metric.name } });
    }
    const value = derived.read(usage);
    if (value === undefined)
      unmeasured.push({ metric: metric.name, reason: usage.absent ?? 'it could not be measured' });
    else collected.push({ metric: metric.name, unit: metric.unit, value });
  }
  return { metrics: collected, unmeasured };
}

function singleValue(
  { name, unit, aggregator }: WorkloadMetric,
  own: readonly ReportedMetric[],
  reported: readonly ReportedMetric[],
): number {
  const values = own.flatMap((report) => report.values);
  if (values.length === 0) {
    const printed = [...new Set(reported.map((report) => report.name))].join(', ');
    fail('workload.metric-missing', `the program did not report the metric ${name}; it reported ${printed || 'none'}`, {
      details: { metric: name },
    });
  }
  const wrong = own.find((report) => report.unit !== undefined && !isSameUnit(report.unit, unit));
  if (wrong !== undefined) {
    const message = `the program reported ${name} in ${JSON.stringify(wrong.unit)}; the workload declares ${JSON.stringify(unit)}`;
    fail('workload.unit-mismatch', message, { details: { metric: name, reported: wrong.unit, declared: unit } });
  }
  if (aggregator !== undefined && values.length >= leastValues(aggregator)) return aggregate(aggregator, values);
  const [only] = values;
  if (aggregator === undefined && values.length === 1 && only !== undefined) return only;
  const message =
    aggregator === undefined
      ? `the program reported ${values.length} values of ${name}, which has no aggregator, so exactly one is expected`
      : `the program reported ${values.length} value of ${name}; the aggregator ${aggregator} needs ${leastValues(aggregator)}`;
  return fail('workload.output-invalid', message, { details: { metric: name, count: values.length } });
}

/** Of a METRIC line the unit is the ending of its name, for which a workload may write the whole word. */
function isSameUnit(reported: string, declared: string): boolean {
  return reported === declared || (reported === 's' && declared === 'seconds');
}
