import type { HistoryPoint, HistorySeries } from './history.ts';

export interface LabelRow {
  readonly series: HistorySeries;
  /** Newest of each label, when there is one. */
  readonly current?: HistoryPoint;
  readonly release?: HistoryPoint;
  /** Absent where they may not be compared, or one has no value. */
  readonly deltaPercent?: number;
  readonly otherHardware: boolean;
  /** Neither median lies within the interval of the other one; absent where an interval is. */
  readonly apart?: boolean;
}

const release = /^v?\d+(\.\d+)+/;

/** Newest first. */
export function labelsOf(series: readonly HistorySeries[]): readonly string[] {
  const newest = new Map<string, string>();
  for (const { points } of series)
    for (const { label, at } of points)
      if (label !== undefined && at > (newest.get(label) ?? '')) newest.set(label, at);
  return [...newest].sort(([, a], [, b]) => (a < b ? 1 : -1)).map(([label]) => label);
}

/** `main` and the newest label that looks like a version; else the two newest. */
export function usualLabels(labels: readonly string[]): { readonly current: string; readonly release: string } {
  const current = labels.find((label) => label === 'main') ?? labels[0] ?? '';
  const others = labels.filter((label) => label !== current);
  return { current, release: others.find((label) => release.test(label)) ?? others[0] ?? '' };
}

/** The newest run of each label side by side; two medians, and no verdict. */
export function compareLabels(
  series: readonly HistorySeries[],
  current: string,
  released: string,
): readonly LabelRow[] {
  return series.flatMap((one) => {
    const [now, then] = [newestOf(one, current), newestOf(one, released)];
    if (now === undefined && then === undefined) return [];
    const otherHardware = now !== undefined && then !== undefined && now.hardware !== then.hardware;
    return [
      {
        series: one,
        ...(now === undefined ? {} : { current: now }),
        ...(then === undefined ? {} : { release: then }),
        otherHardware,
        ...(otherHardware ? {} : difference(now, then)),
      },
    ];
  });
}

const newestOf = ({ points }: HistorySeries, label: string): HistoryPoint | undefined =>
  points.findLast((point) => point.label === label);

function difference(now: HistoryPoint | undefined, then: HistoryPoint | undefined) {
  if (now?.median === undefined || then?.median === undefined || then.median === 0) return {};
  const deltaPercent = ((now.median - then.median) / Math.abs(then.median)) * 100;
  const holds = ({ low, high }: HistoryPoint, value: number) =>
    low === undefined || high === undefined ? undefined : low <= value && value <= high;
  const [inThen, inNow] = [holds(then, now.median), holds(now, then.median)];
  return { deltaPercent, ...(inThen === undefined || inNow === undefined ? {} : { apart: !inThen && !inNow }) };
}
