import type { Comparison, SeriesComparison, Verdict } from '../measure/comparison.ts';
import { percentText, seriesTitle, shareText, valueText } from '../measure/judging/value-text.ts';
import { textTable } from './text-table.ts';

const verdictWords: Readonly<Record<Verdict, string>> = {
  passed: 'PASSED',
  regressed: 'REGRESSION',
  inconclusive: 'INCONCLUSIVE',
};

/**
 * Metric by metric, then what else was found, then the deciding sentence.
 * @param width of the terminal; a table that is wider has two lines for each metric instead
 */
export function comparisonText(comparison: Comparison, width = Number.POSITIVE_INFINITY): string {
  const { baseline, current, series, criteria, notes, method, attempts } = comparison;
  const sides = `baseline  ${baseline.source}\ncurrent   ${current.source}\n`;
  const sampled = series.some(({ pValue }) => pValue !== undefined);
  const how = sampled
    ? `BASELINE and CURRENT are trimmed means (of the middle 60 %), which the delta is of; intervals hold ${shareText(method.confidence * 100)}; ${method.resamples} resamples, seed ${method.seed}.\n`
    : '';
  return [
    sides,
    series.length === 0 ? '' : `\n${seriesTable(series, width)}${how}`,
    criteria.length === 0 ? '' : `\n${criteriaTable(comparison)}`,
    lines('not completed', failuresOf(attempts)),
    lines('note', notes),
    `\n${verdictText(comparison)}`,
  ].join('');
}

/** The verdict with its reasons; the deciding one stands beside it. */
export function verdictText({ verdict, reasons: [first = '', ...others] }: Comparison): string {
  return `${verdictWords[verdict]}: ${first}\n${others.map((reason) => `  ${reason}\n`).join('')}`;
}

const lines = (label: string, texts: readonly string[]): string => texts.map((text) => `${label}: ${text}\n`).join('');

function seriesTable(series: readonly SeriesComparison[], width: number): string {
  const columns = [
    { title: 'METRIC' },
    ...['BASELINE', 'CURRENT', 'DELTA', 'INTERVAL', 'LIMIT'].map((title) => ({ title, align: 'right' as const })),
    { title: 'VERDICT' },
  ];
  const table = textTable(columns, series.map(row));
  return table.split('\n').every((line) => line.length <= width) ? table : series.map(stacked).join('');
}

function stacked(one: SeriesComparison): string {
  const [title = '', was = '', is = '', delta = '', interval = '', limit = '', change = ''] = row(one);
  const within = interval === '-' ? '' : ` [${interval}]`;
  return `${title}: ${change}\n  ${was} → ${is}\n  ${delta}${within}, limit ${limit}\n`;
}

function row(one: SeriesComparison): readonly string[] {
  const { workload, parameters, definition, baseline, current, deltaPercentLow: low, deltaPercentHigh: high } = one;
  const side = ({ center, count }: SeriesComparison['baseline']) =>
    `${valueText(center, definition.unit)} (n=${count})`;
  return [
    seriesTitle({ workload, metric: definition.metric, parameters }),
    side(baseline),
    side(current),
    percentText(one.deltaPercent),
    low === undefined || high === undefined ? '-' : `${percentText(low)} to ${percentText(high)}`,
    limitText(one),
    one.neededPerSide === undefined ? one.change : `${one.change}, needs n=${one.neededPerSide}`,
  ];
}

function limitText({ definition: { tolerancePercent, floor, unit } }: SeriesComparison): string {
  return floor === 0 ? shareText(tolerancePercent) : `${shareText(tolerancePercent)} and ${valueText(floor, unit)}`;
}

function criteriaTable({ criteria }: Comparison): string {
  const columns = [
    { title: 'CRITERION' },
    { title: 'PROFILE' },
    { title: 'LIMIT' },
    { title: 'MEASURED' },
    { title: '' },
  ];
  const rows = criteria.map((one) => [
    seriesTitle(one),
    one.profile,
    `${one.condition} ${valueText(one.threshold, one.unit)}`,
    one.value === undefined ? 'nothing' : valueText(one.value, one.unit),
    one.met ? 'met' : 'not met',
  ]);
  return textTable(columns, rows);
}

function failuresOf({ baseline, current }: Comparison['attempts']): readonly string[] {
  const sides = [
    ['baseline', baseline],
    ['current', current],
  ] as const;
  return sides.flatMap(([name, { completed, failed, timeout }]) =>
    failed + timeout === 0
      ? []
      : [`${name}: ${failed} failed and ${timeout} timed out of ${completed + failed + timeout} repetitions`],
  );
}
