import type { Change, Comparison, SampleSummary, SeriesComparison } from '../../src/core/measure/comparison.ts';
import type { Fingerprint } from '../../src/core/measure/fingerprint.ts';
import type { BootLane } from '../../src/core/measure/report/waterfall-svg.ts';
import type { MeasuredSeries, ResultSet } from '../../src/core/measure/result-set.ts';

export const fingerprint: Fingerprint = {
  host: {
    cpuModel: 'AMD EPYC 7763',
    cpuCount: 4,
    memoryMib: 15_998,
    platform: 'linux',
    release: '6.8.0-45',
    arch: 'x86_64',
  },
  machine: {
    arch: 'x86_64',
    accelerator: 'kvm',
    emulated: false,
    qemuVersion: '8.2.2',
    machineType: 'pc-q35-8.2',
    cpuModel: 'EPYC-v4',
    cpus: 2,
    memoryMib: 2048,
    firmware: 'OVMF 2024.02',
  },
  tools: { sysmonvm: '0.1.0' },
};

export function resultSet(changes: Partial<ResultSet> = {}): ResultSet {
  return {
    schemaVersion: 1,
    kind: 'boot',
    runId: 'main-20261003T080000Z',
    label: 'main',
    guest: 'debian-12',
    arch: 'x86_64',
    tier: 1,
    startedAt: '2026-10-03T08:00:00Z',
    finishedAt: '2026-10-03T08:10:00Z',
    commit: '0123456789abcdef0123456789abcdef01234567',
    fingerprint,
    attempts: [],
    series: [],
    ...changes,
  };
}

/** The same spread in every test: a wave around the middle. */
export const wave = (middle: number, count: number, spread = 0.02): readonly number[] =>
  Array.from({ length: count }, (_, index) => middle * (1 + spread * Math.sin(index * 2.4)));

export function bootSeries(values: readonly number[], changes: Partial<MeasuredSeries> = {}): MeasuredSeries {
  return { workload: 'boot', metric: 'total', unit: 'ms', parameters: {}, values, ...changes };
}

function summaryOf(values: readonly number[]): SampleSummary {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;
  return {
    count: values.length,
    min: at(0),
    max: at(1),
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    median: at(0.5),
    center: at(0.5),
    mad: at(0.75) - at(0.5),
    p90: at(0.9),
    ...(values.length > 5 ? { low: at(0.3), high: at(0.7) } : {}),
  };
}

export function compared(
  name: string,
  change: Change,
  baseline: readonly number[],
  current: readonly number[],
  changes: Partial<SeriesComparison> = {},
): SeriesComparison {
  const [before, now] = [summaryOf(baseline), summaryOf(current)];
  const delta = now.median - before.median;
  const deltaPercent = (delta / before.median) * 100;
  return {
    workload: 'boot',
    parameters: {},
    definition: {
      metric: name,
      unit: 'ms',
      better: 'lower',
      floor: 200,
      tolerancePercent: 5,
      reason: 'A fifth of a second is what a person notices.',
    },
    baseline: before,
    current: now,
    delta,
    deltaPercent,
    ...(Number.isFinite(deltaPercent)
      ? { deltaPercentLow: deltaPercent - 1.5, deltaPercentHigh: deltaPercent + 1.5 }
      : {}),
    pValue: 0.001,
    effectSize: 0.9,
    change,
    reason: `It is ${change}: the interval and the limits say so.`,
    ...changes,
  };
}

export function comparison(changes: Partial<Comparison> = {}): Comparison {
  const { attempts: _a, series: _s, ...current } = resultSet({ runId: 'pr-41-20261004T080000Z', label: 'pr-41' });
  const { attempts: _b, series: _t, ...baseline } = resultSet();
  return {
    schemaVersion: 1,
    baseline: { ...baseline, source: 'tag:v1.0/x86_64/boot' },
    current: { ...current, source: 'metrics/debian-12/x86_64/results/pr-41-20261004T080000Z.json' },
    incomparable: [],
    notes: ['The kernel of the host is another one: 6.8.0-45 and 6.8.0-47.'],
    series: [
      compared('total', 'regressed', wave(13_245, 20), wave(15_120, 20)),
      compared('kernel', 'unchanged', wave(2100, 20), wave(2110, 20)),
      compared('cloud-init', 'improved', wave(5200, 20), wave(4300, 20)),
      compared('firmware', 'inconclusive', wave(900, 20, 0.3), wave(980, 20, 0.3), {
        wantedShiftPercent: 10,
        neededPerSide: 64,
      }),
    ],
    missing: [{ workload: 'udp-burst', metric: 'throughput', parameters: { packet_size: 64 }, missingIn: 'current' }],
    criteria: [
      {
        workload: 'boot',
        metric: 'total',
        parameters: {},
        profile: 'x86_64_generic_2ghz_2gb',
        condition: '<=',
        threshold: 14_000,
        unit: 'ms',
        value: 15_120,
        met: false,
      },
      {
        workload: 'idle',
        metric: 'memory',
        parameters: {},
        profile: 'x86_64_generic_2ghz_2gb',
        condition: '<',
        threshold: 80,
        unit: 'MB',
        value: 61.25,
        met: true,
      },
    ],
    attempts: {
      baseline: { completed: 20, failed: 0, timeout: 0 },
      current: { completed: 20, failed: 1, timeout: 2 },
    },
    method: { confidence: 0.95, alpha: 0.05, resamples: 10_000, seed: 1, power: 0.95 },
    verdict: 'regressed',
    reasons: ['boot: total is 14.2 % slower (limit 5 %).', 'A criterion is not met.'],
    ...changes,
  };
}

export const bootLanes: readonly BootLane[] = [
  {
    title: 'console',
    source: 'serial console, time of receipt',
    spans: [
      { name: 'firmware', startMs: 0, endMs: 900 },
      { name: 'boot loader', startMs: 900, endMs: 1200 },
      { name: 'kernel', startMs: 1200, endMs: 3300 },
      { name: 'a unit whose name somebody thought about for a long time.service', startMs: 3300, endMs: 3310 },
      { name: 'login prompt', startMs: 3310, endMs: 13_245 },
    ],
  },
  {
    title: 'systemd',
    source: 'systemd-analyze in the guest',
    spans: [
      { name: 'cloud-init.service', startMs: 3300, endMs: 8000 },
      { name: 'everything', startMs: 0, endMs: 13_245 },
    ],
  },
  { title: 'qmp', source: 'events of QEMU', spans: [] },
];
