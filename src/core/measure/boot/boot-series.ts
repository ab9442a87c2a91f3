import { type Attempt, type MeasuredSeries, seriesKey } from '../result-set.ts';
import { usageTotals } from '../usage/usage-totals.ts';
import type { ObservedBoot } from './observed-boot.ts';

export interface CountedBoot {
  readonly iteration: number;
  readonly parameters: MeasuredSeries['parameters'];
  readonly observed: ObservedBoot;
}

const bytesPerMb = 1_000_000;

/** Metrics of one boot; what it did not show is no metric of it. */
function metricsOf(boot: ObservedBoot): readonly (readonly [metric: string, unit: string, value: number])[] {
  const { systemd } = boot.guest ?? {};
  const kernelEnd = systemd?.initrdMs ?? systemd?.userspaceMs;
  const totals = usageTotals(boot.usage);
  const values: readonly (readonly [string, string, number | undefined])[] = [
    ['boot_total', 'ms', boot.totalMs],
    ...boot.markers.map(({ name, afterMs }) => [`boot_to_${name.replaceAll('-', '_')}`, 'ms', afterMs] as const),
    ['guest_kernel', 'ms', kernelEnd],
    ['guest_initrd', 'ms', between(systemd?.initrdMs, systemd?.userspaceMs)],
    ['guest_userspace', 'ms', between(systemd?.userspaceMs, systemd?.finishMs)],
    ['qemu_cpu', 's', totals.cpuSeconds],
    [
      'qemu_resident_max',
      'MB',
      totals.residentMaxBytes === undefined ? undefined : totals.residentMaxBytes / bytesPerMb,
    ],
  ];
  const ours = values.flatMap(([metric, unit, value]) => (value === undefined ? [] : [[metric, unit, value] as const]));
  return [...ours, ...toldByGuest(boot, new Set(values.map(([metric]) => metric)))];
}

/** One value of a boot: the last one where the guest told it several times. A name of ours stays ours. */
function toldByGuest({ metrics = [] }: ObservedBoot, taken: ReadonlySet<string>) {
  const last = new Map(metrics.map((metric) => [metric.name, metric]));
  return [...last.values()].flatMap(({ name, unit, value }) => (taken.has(name) ? [] : [[name, unit, value] as const]));
}

function between(from: number | undefined, to: number | undefined): number | undefined {
  return from === undefined || to === undefined ? undefined : to - from;
}

/** One series a metric and configuration, of the completed boots in their order. */
export function bootSeries(boots: readonly CountedBoot[]): readonly MeasuredSeries[] {
  const series = new Map<string, MeasuredSeries & { readonly values: number[] }>();
  for (const { observed, parameters } of boots.filter((boot) => boot.observed.outcome === 'completed')) {
    for (const [metric, unit, value] of metricsOf(observed)) {
      const key = seriesKey({ workload: 'boot', metric, parameters });
      const known = series.get(key) ?? { workload: 'boot', metric, unit, parameters, values: [] };
      known.values.push(value);
      series.set(key, known);
    }
  }
  return [...series.values()];
}

export function bootAttempts(boots: readonly CountedBoot[]): readonly Attempt[] {
  return boots.map(({ iteration, parameters, observed: { outcome, startedAt, failure } }) => ({
    workload: 'boot',
    parameters,
    iteration,
    outcome,
    at: new Date(startedAt).toISOString(),
    ...(failure === undefined ? {} : failure),
  }));
}
