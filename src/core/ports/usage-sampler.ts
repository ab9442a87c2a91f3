import type { UsageRecord } from '../measure/usage/usage-record.ts';
import type { ProcessIdentity } from './process-runner.ts';

export interface UsageSampling {
  /** Takes a last sample, if the process is still there, and ends the sampling; the same record on every call. */
  stop(): Promise<UsageRecord>;
}

/** Watches what one process uses, until it ends or is no longer wanted. */
export interface UsageSampler {
  start(process: ProcessIdentity, options: { readonly intervalMs: number; readonly maxSamples: number }): UsageSampling;
}
