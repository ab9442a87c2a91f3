import { metrics } from '../../src/core/telemetry/metrics.ts';
import type { Reading, Sample } from '../../src/core/telemetry/reading.ts';

/** 2025-10-12T21:16:42.123Z */
export const moment = 1_760_303_802_123;

type MetricKey = keyof typeof metrics;

export const reading = (
  metric: MetricKey,
  value: number,
  attributes: Reading['attributes'] = {},
  more: Partial<Reading> = {},
): Reading => ({
  metric: metrics[metric].name,
  attributes,
  value,
  at: moment,
  source: { kind: 'procfs' },
  quality: 'measured',
  ...more,
});

export const cpu = (number: number) => ({ 'cpu.logical_number': number });

/** Two CPUs: of the first everything is known, of the second no frequency. */
export const twoCpus = (at = moment): readonly Reading[] => [
  reading('cpuTime', 12.5, { ...cpu(0), 'cpu.mode': 'user' }, { at, since: moment - 60_000 }),
  reading('cpuTime', 11, { ...cpu(1), 'cpu.mode': 'user' }, { at, since: moment - 60_000 }),
  reading('cpuBusy', 0.125, cpu(0), { at }),
  reading('cpuBusy', 0.5, cpu(1), { at }),
  reading('cpuBusy', 0.3125, {}, { at }),
  reading('cpuFrequency', 1_500_000_000, cpu(0), { at, source: { kind: 'sysfs' }, quality: 'requested' }),
];

export const sample = (sequence: number, readings = twoCpus(moment + sequence * 250)): Sample => ({
  sequence,
  at: moment + sequence * 250,
  readings,
});
