/**
 * A number that was measured, with what it is, where it comes from and what it is worth. What is not known has no
 * reading: absent is not 0.
 *
 * | quality | meaning |
 * |---|---|
 * | measured | counted by the kernel or the hardware over the time of the reading |
 * | requested | what was last asked of the hardware, which may do something else |
 * | nominal | a rated value which does not change with the load |
 * | synthetic | an emulator's counter or constant: it says nothing about a physical clock |
 */
export type Quality = 'measured' | 'requested' | 'nominal' | 'synthetic';

/**
 * Where a number comes from. `sysfs`, `procfs`, `perf` and `host` are also the sources of a frequency; `file` names the
 * very file, counter or key that was read.
 */
export interface Source {
  readonly kind: 'sysfs' | 'procfs' | 'perf' | 'cgroup' | 'host' | 'runtime' | 'self';
  /** For instance `/sys/devices/system/cpu/cpu0/cpufreq/scaling_cur_freq`. */
  readonly file?: string;
  /** The number as the source gave it, where its unit depends on the source's release. */
  readonly raw?: { readonly value: number; readonly unit: string; readonly release?: string };
}

export type AttributeValue = string | number | boolean;

export interface Reading {
  /** A name of the table in `metrics.ts`. */
  readonly metric: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  /** In the unit of the metric. */
  readonly value: number;
  /** Epoch milliseconds: when it was read, for a reading over a time its end. */
  readonly at: number;
  /** A reading over a time: when that time began; for a counter when it began to count. */
  readonly since?: number;
  readonly source: Source;
  readonly quality: Quality;
  /** Of a process: what it did when it was read. No attribute: it changes, and a series would end with every change. */
  readonly state?: string;
}

/** What one round of the collectors gave. */
export interface Sample {
  /** Grows by one from sample to sample of one run of the service, from 1. */
  readonly sequence: number;
  readonly at: number;
  readonly readings: readonly Reading[];
}
