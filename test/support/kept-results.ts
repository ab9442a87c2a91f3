import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fingerprint } from '../../src/core/measure/fingerprint.ts';
import type { ResultSet } from '../../src/core/measure/result-set.ts';
import { bootSeries, compared, comparison, fingerprint, resultSet, wave } from './comparisons.ts';

const emulated: Fingerprint = {
  ...fingerprint,
  machine: { ...(fingerprint.machine as NonNullable<Fingerprint['machine']>), accelerator: 'tcg', emulated: true },
};
const stamp = (at: number) => new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');

/**
 * Runs of every second day: a level that rises at the 13th, a change of hardware at the 21st, one run that failed
 * altogether, two releases among runs of main.
 */
export function keptRuns(count = 28): readonly ResultSet[] {
  return Array.from({ length: count }, (_, index): ResultSet => {
    const at = Date.parse('2026-08-01T02:00:00Z') + index * 172_800_000;
    const label = index % 10 === 5 ? `v1.${Math.floor(index / 10)}.0` : 'main';
    const total = (index < 12 ? 13_000 : 14_200) * (index < 20 ? 1 : 2.5) * (1 + 0.01 * Math.sin(index * 1.7));
    const failed = index === 8;
    const packet = (size: number) =>
      bootSeries(wave(size / 2 + index, 8, 0.05), {
        workload: 'udp-burst',
        metric: 'throughput',
        unit: 'Mbps',
        parameters: { packet_size: size },
      });
    return resultSet({
      runId: `${label}-${stamp(at)}`,
      label,
      startedAt: new Date(at).toISOString(),
      finishedAt: new Date(at + 600_000).toISOString(),
      commit: index.toString(16).padStart(2, '0').padEnd(40, 'a'),
      fingerprint: index < 20 ? fingerprint : emulated,
      attempts: Array.from({ length: 10 }, (_value, iteration) => ({
        workload: 'boot',
        parameters: {},
        iteration,
        outcome: failed ? ('timeout' as const) : ('completed' as const),
        at: new Date(at + iteration * 60_000).toISOString(),
      })),
      series: failed ? [] : [bootSeries(wave(total, 10)), packet(64), packet(1024)],
    });
  });
}

/** As a workspace keeps them. */
export function keepResults(root: string, sets: readonly ResultSet[]): void {
  for (const set of sets) {
    const folder = join(root, set.guest, set.arch, 'results');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `${set.runId}.json`), JSON.stringify(set));
  }
}

/** How the run was judged, kept beside its results. */
export function keepComparison(root: string, set: ResultSet, change: 'regressed' | 'improved' | 'unchanged'): void {
  const folder = join(root, set.guest, set.arch, 'comparisons');
  const { attempts: _attempts, series: _series, ...current } = set;
  mkdirSync(folder, { recursive: true });
  const document = comparison({
    current: { ...current, source: set.runId },
    series: [compared('total', change, wave(100, 9), wave(120, 9))],
  });
  writeFileSync(join(folder, `${set.runId}.json`), JSON.stringify(document));
}
