import { fail } from '../../errors/sysmonvm-error.ts';
import type { Better, MetricDefinition } from '../metric-definition.ts';
import type { MeasuredSeries } from '../result-set.ts';
import { bootTotal, bootWorkload } from './measured-result.ts';

/** What the caller wants otherwise, for all metrics or for one by its name. */
export interface MetricWishes {
  readonly tolerancePercent?: number;
  readonly tolerancePercentOf: Readonly<Record<string, number>>;
  readonly betterOf: Readonly<Record<string, Better>>;
}

/** Limits where there are samples to judge by; of single values, the wider ones below. */
const seriesTolerancePercent = 5;
/** A boot that is measured once: 20 % is what two boots of one guest differ by on a host that does other things too. */
const singleBootTolerancePercent = 20;

const bootFloors: readonly {
  readonly metric: RegExp;
  readonly unit: string;
  readonly floor: number;
  readonly reason: string;
}[] = [
  {
    metric: /^boot_total$/,
    unit: 'ms',
    floor: 200,
    reason: 'two rounds of the readiness probe (100 ms each): less is when it asked, not what the guest did',
  },
  {
    metric: /^boot_/,
    unit: 'ms',
    floor: 100,
    reason: 'one round of the readiness probe; the console is read every 25 ms',
  },
  { metric: /^boot_/, unit: 'seconds', floor: 0.2, reason: 'two rounds of the readiness probe (100 ms each)' },
];

const higherUnits = /^([kKMGT]?i?(bps|bit\/s|B\/s)|\S+\/s(ec|econd)?|IOPS|fps|Hz)$/;
const lowerUnits = /^(ns|us|µs|ms|s|sec|seconds?|min|minutes?|%|[kKMGT]?i?B|bytes?)$/;

function betterByUnit(unit: string): Better | undefined {
  if (lowerUnits.test(unit)) return 'lower';
  return higherUnits.test(unit) ? 'higher' : undefined;
}

/**
 * Direction and limits of a metric: what the caller wants, else what the workload says, else what name and unit tell.
 * @throws bench.direction-unknown
 */
export function defineMetric(
  { workload, metric, unit, definition = {} }: Omit<MeasuredSeries, 'values' | 'parameters'>,
  wishes: MetricWishes,
  single: boolean,
): MetricDefinition {
  const table = bootFloors.find((row) => row.metric.test(metric) && row.unit === unit);
  const better = wishes.betterOf[metric] ?? definition.better ?? betterByUnit(unit);
  if (better === undefined) {
    fail(
      'bench.direction-unknown',
      `${workload}: whether more or less of ${metric} (${unit}) is better is not known.`,
      {
        details: { workload, metric, unit },
        next: [`sysmonvm bench compare --better ${metric}=higher …`],
      },
    );
  }
  const ownTolerance = wishes.tolerancePercentOf[metric] ?? wishes.tolerancePercent;
  const tolerancePercent =
    ownTolerance ??
    definition.tolerancePercent ??
    (single && workload === bootWorkload && metric === bootTotal ? singleBootTolerancePercent : seriesTolerancePercent);
  // A single value is judged by the tolerance alone.
  const floor = single ? 0 : (definition.floor ?? table?.floor ?? 0);
  const reason = single
    ? 'a single value: the tolerance alone'
    : (definition.reason ?? table?.reason ?? 'no noise of the measurement itself is known: the relative limit alone');
  return { metric, unit, better, floor, tolerancePercent, reason };
}
