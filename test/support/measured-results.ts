import type { Fingerprint } from '../../src/core/measure/fingerprint.ts';
import type { MeasuredResult } from '../../src/core/measure/judging/measured-result.ts';
import { measuredSet } from '../../src/core/measure/judging/read-result.ts';
import type { Attempt, MeasuredSeries, ResultSet } from '../../src/core/measure/result-set.ts';
import type { RandomIndex } from '../../src/core/measure/statistics/seeded-random.ts';

export const fingerprint: Fingerprint = {
  host: {
    cpuModel: 'AMD EPYC 7763',
    cpuCount: 2,
    memoryMib: 7900,
    platform: 'linux',
    release: '6.1.0-38',
    arch: 'x86_64',
  },
  machine: {
    arch: 'x86_64',
    accelerator: 'tcg',
    emulated: true,
    qemuVersion: '7.2.22',
    machineType: 'pc-q35-7.2',
    cpuModel: 'max',
    cpus: 2,
    memoryMib: 1024,
  },
  tools: { sysmonvm: '0.1.0' },
};

export const bootSeries = (values: readonly number[], more: Partial<MeasuredSeries> = {}): MeasuredSeries => ({
  ...{ workload: 'boot', metric: 'boot_total', unit: 'ms', parameters: {}, values },
  ...more,
});

export const attemptsOf = (outcomes: readonly Attempt['outcome'][], workload = 'boot'): readonly Attempt[] =>
  outcomes.map((outcome, index) => ({
    ...{ workload, parameters: {}, iteration: index + 1, outcome, at: '2026-11-22T01:00:00Z' },
  }));

export function resultSet(series: readonly MeasuredSeries[], more: Partial<ResultSet> = {}): ResultSet {
  return {
    schemaVersion: 1,
    kind: 'boot',
    runId: '20261122T010000Z',
    guest: 'debian-12',
    arch: 'x86_64',
    startedAt: '2026-11-22T01:00:00Z',
    finishedAt: '2026-11-22T01:10:00Z',
    commit: '0123456789abcdef',
    fingerprint,
    attempts: attemptsOf((series[0]?.values ?? []).map(() => 'completed')),
    series,
    ...more,
  };
}

/** One series of boot totals, or a result set, as it is compared. */
export function measured(of: readonly number[] | ResultSet, source = 'result.json'): MeasuredResult {
  return measuredSet('series' in of ? of : resultSet([bootSeries(of)]), source);
}

export const plainWishes = { tolerancePercentOf: {}, betterOf: {}, accept: [] } as const;

/** Lognormal boot times in milliseconds, made for a test: a middle of 30 s and this relative spread. */
export function lognormalBoots(random: RandomIndex, count: number, spread: number, factor = 1): readonly number[] {
  const share = () => (random(2 ** 30) + 0.5) / 2 ** 30;
  const normal = () => Math.sqrt(-2 * Math.log(share())) * Math.cos(2 * Math.PI * share());
  return Array.from({ length: count }, () => Math.round(30_000 * factor * Math.exp(spread * normal())));
}
