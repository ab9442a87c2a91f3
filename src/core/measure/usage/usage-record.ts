/** What a process had used at one moment. Counters are since its start. */
export interface UsageSample {
  /** Epoch milliseconds. */
  readonly at: number;
  /** Of a clock that is never set. */
  readonly monotonicMs: number;
  /** User and system. */
  readonly cpuSeconds: number;
  readonly residentBytes: number;
  /** What really came from and went to storage (Linux /proc/PID/io); absent where the host does not tell. */
  readonly readBytes?: number;
  readonly writeBytes?: number;
}

/** Of a process that was never seen. */
export const nothingSampled: UsageRecord = {
  intervalMs: 0,
  samples: [],
  missed: 0,
  truncated: false,
  cost: { cpuSeconds: 0, wallSeconds: 0 },
};

/** Samples of a day at one a second. */
export const maxSamples = 86_400;

export interface UsageRecord {
  readonly intervalMs: number;
  readonly samples: readonly UsageSample[];
  /** Moments of the schedule that passed while this process was not let run. */
  readonly missed: number;
  /** There would have been more samples than were asked for. */
  readonly truncated: boolean;
  /** What the sampling itself took. */
  readonly cost: { readonly cpuSeconds: number; readonly wallSeconds: number };
}
