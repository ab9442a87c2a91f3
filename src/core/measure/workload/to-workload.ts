import type { Better } from '../metric-definition.ts';
import { parameterMatrix } from './parameter-matrix.ts';
import type { BootWorkload, Tier, Workload, WorkloadMetric, WorkloadProgram } from './workload.ts';
import type { WrittenWorkload } from './workload-schema.ts';

const defaults = { timeoutMs: 600_000, repetitions: 3, warmup: 1, tiers: [1, 2, 3] as readonly Tier[] } as const;

/** What is written, with everything that is left out. */
export function toWorkload(
  written: WrittenWorkload,
  place: { readonly file: string; readonly line: number },
): Workload {
  const { parameters = [], acceptance_criteria: criteria = {}, run } = written;
  return {
    id: written.workload_id,
    description: written.description ?? '',
    useCases: written.use_case_refs ?? [],
    tiers: written.tier_applicability ?? defaults.tiers,
    components: written.components_stressed ?? [],
    tags: written.tags ?? [],
    combinations: parameterMatrix(
      parameters.map(({ name, value, values = value === undefined ? [] : [value] }) => ({ name, values })),
    ),
    metrics: written.metrics.map((metric) => toMetric(metric, criteria)),
    criteria: Object.fromEntries(
      Object.entries(criteria).map(([profile, list]) => [
        profile,
        list.map(({ metric, condition, threshold_value, when = {} }) => ({
          metric,
          condition,
          threshold: threshold_value,
          when,
        })),
      ]),
    ),
    run: toRun(run),
    timeoutMs: run?.timeout ?? defaults.timeoutMs,
    repetitions: run?.repetitions ?? defaults.repetitions,
    warmup: run?.warmup ?? (run?.builtin === undefined ? defaults.warmup : 0),
    ...place,
  };
}

function toRun(run: WrittenWorkload['run']): WorkloadProgram | BootWorkload {
  if (run?.builtin === 'boot') return { kind: 'boot' };
  return {
    kind: 'program',
    where: run?.where ?? 'guest',
    ...(run?.command === undefined ? {} : { command: run.command }),
    ...(run?.setup === undefined ? {} : { setup: run.setup }),
    ...(run?.teardown === undefined ? {} : { teardown: run.teardown }),
    files: run?.files ?? [],
    requires: run?.requires ?? {},
    env: run?.env ?? {},
  };
}

type Written = WrittenWorkload['metrics'][number];

function toMetric(
  { name, unit, aggregator, better, tolerance_percent: tolerancePercent, floor, reason }: Written,
  criteria: NonNullable<WrittenWorkload['acceptance_criteria']>,
): WorkloadMetric {
  return {
    name,
    unit,
    ...(aggregator === undefined ? {} : { aggregator }),
    better: better ?? byCriteria(name, criteria) ?? byUnit(unit),
    ...(tolerancePercent === undefined ? {} : { tolerancePercent }),
    ...(floor === undefined ? {} : { floor }),
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Whoever sets an upper limit wants less of it. */
function byCriteria(metric: string, criteria: NonNullable<WrittenWorkload['acceptance_criteria']>): Better | undefined {
  const found = Object.values(criteria)
    .flat()
    .find((criterion) => criterion.metric === metric && criterion.condition !== '==');
  if (found === undefined) return undefined;
  return found.condition.startsWith('<') ? 'lower' : 'higher';
}

/** Throughput is something per second. */
function byUnit(unit: string): Better {
  return /^([kMGT]?bps|[kMGT]i?[bB]\/s|.+\/s(ec(onds?)?)?|.*per[_ ]second|[ip]ps|iops)$/i.test(unit)
    ? 'higher'
    : 'lower';
}
