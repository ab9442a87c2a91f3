import { coursesOf } from './courses.ts';
import type { HistoryPoint, HistorySeries } from './history.ts';

/** What a reader of the page asked for; an empty text asks for everything. */
export interface Choice {
  readonly workload: string;
  readonly metric: string;
  readonly guest: string;
  readonly arch: string;
  readonly label: string;
  /** Dates like 2026-10-31, in UTC; both belong to it. */
  readonly from: string;
  readonly to: string;
}

export const everything: Choice = { workload: '', metric: '', guest: '', arch: '', label: '', from: '', to: '' };

const agrees = (wanted: string, is: string | undefined) => wanted === '' || wanted === is;

/** Trend and hint are those of the points that are left. */
export function chooseSeries(series: readonly HistorySeries[], choice: Choice): readonly HistorySeries[] {
  return series.flatMap((one) => {
    const fits = (['workload', 'metric', 'guest', 'arch'] as const).every((key) => agrees(choice[key], one[key]));
    const points = fits ? one.points.filter((point) => isWithin(point, choice)) : [];
    if (points.length === 0) return [];
    return [points.length === one.points.length ? one : { ...one, points, courses: coursesOf(points) }];
  });
}

function isWithin({ label, at }: HistoryPoint, choice: Choice): boolean {
  const day = new Date(at).toISOString().slice(0, 10);
  return (
    agrees(choice.label, label) && (choice.from === '' || day >= choice.from) && (choice.to === '' || day <= choice.to)
  );
}
