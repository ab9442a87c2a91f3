import { cpuPercent } from './resource-csv.ts';
import type { UsageRecord } from './usage-record.ts';

/** What a process used between the first and the last sample; a number that was not observed is absent. */
export interface UsageTotals {
  readonly cpuSeconds?: number;
  /** Of one CPU. */
  readonly cpuPercentAverage?: number;
  readonly residentMaxBytes?: number;
  readonly readBytes?: number;
  readonly writeBytes?: number;
}

export function usageTotals({ samples }: UsageRecord): UsageTotals {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined) return {};
  const average = cpuPercent(first, last);
  return {
    // The first sample counts from the start of the process.
    cpuSeconds: last.cpuSeconds,
    ...(average === undefined ? {} : { cpuPercentAverage: average }),
    residentMaxBytes: Math.max(...samples.map(({ residentBytes }) => residentBytes)),
    ...(last.readBytes === undefined ? {} : { readBytes: last.readBytes }),
    ...(last.writeBytes === undefined ? {} : { writeBytes: last.writeBytes }),
  };
}
