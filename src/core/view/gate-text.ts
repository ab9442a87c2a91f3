import type { Comparison, SeriesComparison } from '../measure/comparison.ts';
import { comparisonText, verdictText } from './comparison-text.ts';

const exactly = (value: number): string => String(Number(value.toFixed(3)));

/** One number against another has a form of its own, which scripts of older tools read. */
export function gateText(comparison: Comparison, width?: number): string {
  const [only, ...others] = comparison.series;
  const single = only !== undefined && others.length === 0 && Math.min(only.baseline.count, only.current.count) === 1;
  if (!single || comparison.incomparable.length > 0)
    return comparison.series.length === 0 ? verdictText(comparison) : comparisonText(comparison, width);
  const { unit, tolerancePercent } = only.definition;
  const [baseline, measured] = [only.baseline.center, only.current.center].map(exactly);
  const line = `Baseline: ${baseline} ${unit}, Measured: ${measured} ${unit}, Tolerance: +-${exactly(tolerancePercent)}%\n`;
  const notes = comparison.notes.map((note) => `note: ${note}\n`).join('');
  return `${line}${verdictText(comparison)}${warning(only)}${notes}`;
}

/** Faster than the lower bound is no failure, and worth a look: a boot may be faster because it does less. */
function warning({ change, baseline, definition }: SeriesComparison): string {
  if (change !== 'improved') return '';
  const bound = baseline.center * (1 + ((definition.better === 'lower' ? -1 : 1) * definition.tolerancePercent) / 100);
  return `WARNING: better than the bound of ${exactly(bound)} ${definition.unit}: an improvement, or a run that did less.\n`;
}
