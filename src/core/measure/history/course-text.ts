import { percentText, valueText } from '../report/value-text.ts';
import type { Course, HistoryPoint } from './history.ts';

/** A trend in words of its own: it says what the values did, not whether that is good. */
export function trendText({ trend }: Course): string {
  if (trend === undefined) return 'too few runs for a trend';
  const { direction, runs, changePercent, lowPercent, highPercent } = trend;
  const interval = `${percentText(changePercent)} over ${runs} runs, interval ${percentText(lowPercent)} to ${percentText(highPercent)}`;
  return `${direction} (Theil-Sen: ${interval})`;
}

/** undefined: nothing to look at. */
export function hintText({ hint }: Course, unit: string, points: readonly HistoryPoint[]): string | undefined {
  if (hint === undefined) return undefined;
  const commit = points.find(({ runId }) => runId === hint.runId)?.commit;
  const where = commit === undefined ? hint.runId : `${hint.runId} (${commit.slice(0, 12)})`;
  const change = percentText(((hint.after - hint.before) / Math.abs(hint.before)) * 100);
  return `look at ${where}: the level before it is ${valueText(hint.before, unit)}, from it on ${valueText(hint.after, unit)} (${change}; p = ${hint.pValue} by permutation). A hint, no verdict.`;
}
