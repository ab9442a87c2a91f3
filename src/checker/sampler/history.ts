import { metrics } from '../../core/telemetry/metrics.ts';
import type { Reading, Sample } from '../../core/telemetry/reading.ts';

/**
 * Busy share and frequency of each CPU over the last minutes, so that somebody who asks every thirty seconds gets all of
 * them. All readings of all these samples would be hundreds of megabytes on a machine with many CPUs.
 */
export interface History {
  add(sample: Sample): void;
  /** Those after a sequence number, the oldest first, and how many more there were. */
  since(sequence: number): { readonly samples: readonly Sample[]; readonly lost: number };
}

const isKept = ({ metric, attributes }: Reading) =>
  (metric === metrics.cpuBusy.name || metric === metrics.cpuFrequency.name) && 'cpu.logical_number' in attributes;

/** @param size how many samples are kept. */
export function createHistory(size: number): History {
  const ring: Sample[] = [];
  return {
    add(sample) {
      ring.push({ ...sample, readings: sample.readings.filter(isKept) });
      if (ring.length > size) ring.shift();
    },
    since(sequence) {
      const [oldest] = ring;
      if (oldest === undefined) return { samples: [], lost: 0 };
      const lost = Math.max(0, oldest.sequence - sequence - 1);
      return { samples: ring.slice(Math.max(0, sequence + 1 - oldest.sequence)), lost };
    },
  };
}
