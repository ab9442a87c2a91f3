import type { Change, SeriesComparison } from '../comparison.ts';
import type { MetricDefinition } from '../metric-definition.ts';
import type { JudgingMethod } from '../statistics/judging-method.ts';
import { repetitionsNeeded } from '../statistics/repetitions-needed.ts';
import { powerSentence } from './ab-plan.ts';
import type { Difference } from './measure-difference.ts';
import { percentText, shareText, valueText } from './value-text.ts';

/** So many show how a metric spreads; how many are really needed can be said after them. */
const pilotSize = 10;

type Judged = Pick<SeriesComparison, 'change' | 'reason' | 'wantedShiftPercent' | 'neededPerSide'>;

export interface Together {
  /** Adjusted for all series of the comparison. */
  readonly pValue: number;
  readonly together: number;
  readonly method: JudgingMethod;
}

/** A single value has no spread: it is within the tolerance or it is not. */
export function judgeSingle(difference: Difference, definition: MetricDefinition): Judged {
  const { limit, baseline, current, delta } = difference;
  const worse = definition.better === 'lower' ? delta : -delta;
  // The product, not the share: 78000 is exactly 20 % above 65000.
  const allowed = difference.scale === 'percent' ? baseline.center * (1 + limit / 100) - baseline.center : limit;
  const change: Change = worse > allowed ? 'regressed' : -worse > allowed ? 'improved' : 'unchanged';
  const [was, is] = [baseline, current].map(({ center }) => valueText(center, definition.unit));
  const place = { regressed: 'worse than', improved: 'better than', unchanged: 'within' }[change];
  const reason = `${is} is ${place} ${was} ± ${shareText(definition.tolerancePercent)}; a single value is judged by the tolerance alone.`;
  return { change, reason };
}

export function judgeSampled(difference: Difference, definition: MetricDefinition, by: Together): Judged {
  const { limit, shift, scale } = difference;
  const wanted = 2 * limit;
  const show = (value: number) => (scale === 'percent' ? percentText(value) : valueText(value, definition.unit));
  const common = scale === 'percent' ? { wantedShiftPercent: wanted } : {};
  if (difference.sampled === undefined) {
    const fewest = Math.min(difference.baseline.count, difference.current.count);
    const reason = `${fewest} values on a side do not show how the metric spreads; ${pilotSize} do for a start.`;
    return { change: 'inconclusive', reason, neededPerSide: pilotSize, ...common };
  }
  const { low, high } = difference.sampled;
  const sign = definition.better === 'lower' ? 1 : -1;
  const significant = by.pValue < by.method.alpha;
  const seen = `${show(shift)} [${show(low)}, ${show(high)}], p ${pText(by.pValue)}`;
  if (significant && Math.abs(shift) > limit) {
    const worse = sign * shift > 0;
    const reason = `${seen}: certain, and beyond the limit of ${limitText(difference, definition)}.`;
    return { change: worse ? 'regressed' : 'improved', reason, ...common };
  }
  // The end of the interval on the side of a regression.
  const worst = sign > 0 ? high : -low;
  if (worst < wanted || worst <= 0) {
    const excluded = worst <= limit ? limitText(difference, definition) : `${show(sign * wanted)}`;
    const certain = significant ? 'certain, but within the limit: ' : '';
    return { change: 'unchanged', reason: `${seen}: ${certain}a regression of ${excluded} is excluded.`, ...common };
  }
  const { residuals } = difference.sampled;
  const { together, method } = by;
  const enough = repetitionsNeeded({ residuals, shift: wanted, limit, together, method });
  // Where as many were there already, they were of the rare kind that leaves it open.
  const more = Math.min(difference.baseline.count, difference.current.count) + 1;
  const needed = enough === undefined ? undefined : Math.max(enough, more);
  const asked = powerSentence(needed, show(sign * wanted), method);
  return {
    change: 'inconclusive',
    reason: `${seen}: neither a regression nor its absence is shown; ${asked}.`,
    ...common,
    ...(needed === undefined ? {} : { neededPerSide: needed }),
  };
}

function limitText({ scale, limit }: Difference, { tolerancePercent, floor, unit }: MetricDefinition): string {
  if (scale === 'unit') return valueText(floor, unit);
  return limit > tolerancePercent ? `${valueText(floor, unit)} (${shareText(limit)})` : shareText(tolerancePercent);
}

const pText = (p: number): string => (p < 0.001 ? '< 0.001' : p.toFixed(3));
