import { metrics } from '../../core/telemetry/metrics.ts';
import type { Reading, Sample } from '../../core/telemetry/reading.ts';

/** What is sent at once: the samples of one interval. */
export interface Batch {
  readonly samples: number;
  readonly readings: readonly Reading[];
}

/** What is about a moment: between two batches nothing of it is left out. */
const ofEverySample: ReadonlySet<string> = new Set([metrics.cpuFrequency.name, metrics.cpuBusy.name]);

/**
 * Frequency and busy share of every sample, the oldest first; of every other metric its newest round, because counters
 * hold what was before and levels change slowly.
 */
export function toBatch(samples: readonly Sample[]): Batch {
  const seen = new Set<string>();
  const newest: Reading[] = [];
  for (const { readings } of samples.toReversed()) {
    const found = readings.filter(({ metric }) => !ofEverySample.has(metric) && !seen.has(metric));
    newest.push(...found);
    for (const { metric } of found) seen.add(metric);
  }
  const moments = samples.flatMap(({ readings }) => readings.filter(({ metric }) => ofEverySample.has(metric)));
  return { samples: samples.length, readings: [...moments, ...newest] };
}
