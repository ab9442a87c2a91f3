import type { MeasuredSeries } from '../result-set.ts';

export interface ScalingRow {
  /** What else was varied; the rows of one group are compared with its smallest number of processors. */
  readonly group: string;
  readonly cpus: number;
  readonly medianMs: number;
  readonly speedUp: number;
  /** Speed-up for each processor more, in percent of what would be perfect. */
  readonly efficiencyPercent: number;
}

/** How the boot gets faster with processors; empty when their number was not varied. */
export function scalingTable(
  series: readonly MeasuredSeries[],
  medianOf: (values: readonly number[]) => number | undefined,
): readonly ScalingRow[] {
  const cells = series.flatMap(({ metric, parameters: { cpus, ...others }, values }) => {
    const medianMs = medianOf(values);
    if (metric !== 'boot_total' || cpus === undefined || medianMs === undefined) return [];
    const group = Object.entries(others).map(([name, value]) => `${name}=${value}`);
    return [{ group: group.sort().join(' '), cpus: Number(cpus), medianMs }];
  });
  const sorted = cells.sort((a, b) => (a.group === b.group ? a.cpus - b.cpus : a.group < b.group ? -1 : 1));
  if (new Set(sorted.map(({ cpus }) => cpus)).size < 2) return [];
  return sorted.flatMap((cell) => {
    const base = sorted.find(({ group }) => group === cell.group);
    if (base === undefined || cell.medianMs <= 0) return [];
    const speedUp = base.medianMs / cell.medianMs;
    return [{ ...cell, speedUp, efficiencyPercent: (speedUp / (cell.cpus / base.cpus)) * 100 }];
  });
}
