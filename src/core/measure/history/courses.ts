import { changeHint } from './change-point.ts';
import type { Course, HistoryPoint } from './history.ts';
import { trendOf } from './trend.ts';

/** One for each group of hardware, because nothing is said across two. */
export function coursesOf(points: readonly HistoryPoint[]): readonly Course[] {
  return [...new Set(points.map(({ hardware }) => hardware))].sort().map((hardware) => {
    const measured = points.flatMap(({ hardware: own, median, runId }) =>
      own === hardware && median !== undefined ? [{ median, runId }] : [],
    );
    const medians = measured.map(({ median }) => median);
    const trend = trendOf(medians);
    const hint = changeHint(medians);
    const runId = hint === undefined ? undefined : measured[hint.index]?.runId;
    return {
      hardware,
      ...(trend === undefined ? {} : { trend }),
      ...(hint === undefined || runId === undefined ? {} : { hint: { ...hint, runId } }),
    };
  });
}
