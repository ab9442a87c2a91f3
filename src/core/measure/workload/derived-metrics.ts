/** What we measure ourselves while a program runs; a part that could not be measured is absent. */
export interface UsageDuring {
  /** Of all processors together, 0…100. */
  readonly cpuPercentAverage?: number;
  /** 10^6 bytes. */
  readonly memoryDeltaMb?: number;
  /** Why a part is absent. */
  readonly absent?: string;
}

export const derivedMetrics = {
  cpu_utilization_percentage_avg: { unit: '%', read: (usage: UsageDuring) => usage.cpuPercentAverage },
  memory_footprint_delta_mb: { unit: 'MB', read: (usage: UsageDuring) => usage.memoryDeltaMb },
} as const;

export function derivedMetric(name: string): (typeof derivedMetrics)[keyof typeof derivedMetrics] | undefined {
  return Object.hasOwn(derivedMetrics, name) ? derivedMetrics[name as keyof typeof derivedMetrics] : undefined;
}
