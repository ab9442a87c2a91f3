import type { UsageRecord, UsageSample } from './usage-record.ts';

export const resourceHeader = 'timestamp,cpu_percent,rss_kb,read_bytes,write_bytes,delta_read_bytes,delta_write_bytes';

/**
 * resource_timeseries.csv. `cpu_percent` is of the interval that ends with the row, in percent of one CPU; the first
 * row has no interval before it, and what the host does not tell is an empty cell.
 */
export function resourceCsv({ samples }: UsageRecord): string {
  const rows = samples.map((sample, index) => row(sample, samples[index - 1]));
  return `${[resourceHeader, ...rows].join('\n')}\n`;
}

function row(sample: UsageSample, before: UsageSample | undefined): string {
  const percent = before && cpuPercent(before, sample);
  const cells = [
    `${new Date(sample.at).toISOString().slice(0, 19)}Z`,
    percent?.toFixed(1),
    Math.round(sample.residentBytes / 1024),
    sample.readBytes,
    sample.writeBytes,
    difference(sample.readBytes, before?.readBytes),
    difference(sample.writeBytes, before?.writeBytes),
  ];
  return cells.map((cell) => cell ?? '').join(',');
}

/** Of one CPU; undefined when no time passed between the two. */
export function cpuPercent(from: UsageSample, to: UsageSample): number | undefined {
  const passed = to.monotonicMs - from.monotonicMs;
  return passed > 0 ? ((to.cpuSeconds - from.cpuSeconds) / passed) * 100_000 : undefined;
}

function difference(now: number | undefined, before: number | undefined): number | undefined {
  return now === undefined || before === undefined ? undefined : now - before;
}
