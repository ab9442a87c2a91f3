import type { SampleSummary, SeriesComparison } from '../comparison.ts';
import { linearScale, niceTicks, round, type Scale } from './drawing.ts';
import { type Markup, markup } from './markup.ts';
import { titleOf } from './report-tables.ts';
import { intervalText, numberText, shareText, valueText } from './value-text.ts';

export interface SampleValues {
  readonly baseline?: readonly number[];
  readonly current?: readonly number[];
}

const width = 860;
const left = 76;
const right = width - 20;
const sides = ['baseline', 'current'] as const;

export const chartStyle = `.ch-text{fill:var(--text);font:12px system-ui,-apple-system,"Segoe UI",sans-serif}.ch-soft{fill:var(--soft)}
.ch-grid{stroke:var(--line);fill:none}.ch-dots{fill:none;stroke-linecap:round;stroke-opacity:.55}
.ch-dots.ch-baseline{stroke-linecap:square}.ch-baseline{stroke:var(--baseline)}.ch-current{stroke:var(--current)}
.ch-median{stroke-width:3;fill:none}.ch-interval{stroke-width:9;stroke-opacity:.28;fill:none}.ch-range{stroke-width:1;fill:none}
.ch-line{stroke-width:1;fill:none;stroke-opacity:.8}.ch-dash{stroke-dasharray:5 4}`;

function framed(id: string, height: number, title: string, description: string, content: Markup): Markup {
  return markup`<svg viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="${id}-title ${id}-desc">
<title id="${id}-title">${title}</title>
<desc id="${id}-desc">${description}</desc>
${content}
</svg>`;
}

/** Both samples on one axis: every value where it is known, the median and its interval. */
export function stripPlot(one: SeriesComparison, values: SampleValues, confidence: number, id: string): Markup {
  const ends = sides.flatMap((side) => [one[side].min, one[side].max, one[side].low, one[side].high]);
  const known = ends.filter((value) => value !== undefined);
  const scale = linearScale(Math.min(...known), Math.max(...known), left + 8, right - 8);
  const rows = sides.map((side, index) => stripRow(side, one[side], values[side], 26 + index * 44, scale));
  const description = sides.map((side) => `${side}: ${summaryText(one[side], one.definition.unit, confidence)}`);
  return framed(
    id,
    128,
    `${titleOf(one)}: values`,
    `${description.join('. ')}.`,
    markup`${valueAxis(Math.min(...known), Math.max(...known), scale, one.definition.unit)}${rows}`,
  );
}

function valueAxis(low: number, high: number, scale: Scale, unit: string): Markup {
  const ticks = niceTicks(low, high, 7);
  return markup`${ticks.map((at) => markup`<path class="ch-grid" d="M${round(scale(at))} 6V100"/><text class="ch-text ch-soft" x="${round(scale(at))}" y="116" text-anchor="middle">${tickText(at)}</text>\n`)}<text class="ch-text ch-soft" x="4" y="116">${unit}</text>\n`;
}

const tickText = (value: number) => (Math.abs(value) >= 1e6 ? value.toExponential() : String(value));

function stripRow(
  side: (typeof sides)[number],
  summary: SampleSummary,
  values: readonly number[] | undefined,
  y: number,
  scale: Scale,
): Markup {
  const { low, high, min, max, median } = summary;
  const at = (value: number) => round(scale(value));
  const interval =
    low === undefined || high === undefined
      ? ''
      : markup`<path class="ch-interval ch-${side}" d="M${at(low)} ${y + 14}H${Math.max(at(high), at(low) + 1)}"/>\n`;
  const sample =
    values === undefined
      ? markup`<path class="ch-range ch-${side}" d="M${at(min)} ${y - 5}v10m0 -5H${at(max)}m0 -5v10"/>\n`
      : markup`<path class="ch-dots ch-${side}" stroke-width="5" d="${values.map((value, index) => `M${at(value)} ${y + offset(index)}h0`).join('')}"/>\n`;
  return markup`<text class="ch-text" x="4" y="${y + 4}">${side}</text>${interval}${sample}<path class="ch-median ch-${side}" d="M${at(median)} ${y - 12}V${y + 20}"/>\n`;
}

/** Spread over the row, the same in every report. */
const offset = (index: number) => ((index * 7) % 13) - 6;

/** In the order in which they were measured: a drift shows here and in no summary. */
export function sequencePlot(one: SeriesComparison, values: SampleValues, id: string): Markup | undefined {
  const { baseline = [], current = [] } = values;
  const all = [...baseline, ...current];
  if (all.length < 3) return undefined;
  const [low, high] = [minimum(all), maximum(all)];
  const y = linearScale(low, high, 128, 14);
  const x = linearScale(0, Math.max(baseline.length, current.length) - 1, left + 8, right - 8);
  const ticks = niceTicks(low, high, 4);
  const grid = ticks.map(
    (at) =>
      markup`<path class="ch-grid" d="M${left} ${round(y(at))}H${right}"/><text class="ch-text ch-soft" x="${left - 8}" y="${round(y(at)) + 4}" text-anchor="end">${tickText(at)}</text>\n`,
  );
  const lines = sides.map((side) => sequenceLine(side, one[side].median, values[side] ?? [], x, y));
  return framed(
    id,
    156,
    `${titleOf(one)}: in the order of measuring`,
    `${baseline.length} values of the baseline, ${current.length} of the current run, from ${valueText(low, one.definition.unit)} to ${valueText(high, one.definition.unit)}.`,
    markup`${grid}${lines}<text class="ch-text ch-soft" x="${left}" y="150">first repetition</text><text class="ch-text ch-soft" x="${right}" y="150" text-anchor="end">last</text>${legend}`,
  );
}

const legend = sides.map(
  (side, index) =>
    markup`<path class="ch-dots ch-${side}" stroke-width="8" d="M${width / 2 - 60 + index * 100} 146h0"/><text class="ch-text ch-soft" x="${width / 2 - 50 + index * 100}" y="150">${side}</text>\n`,
);

function sequenceLine(
  side: (typeof sides)[number],
  median: number,
  values: readonly number[],
  x: Scale,
  y: Scale,
): Markup {
  if (values.length === 0) return markup``;
  const points = values.map((value, index) => `${round(x(index))} ${round(y(value))}`);
  const size = values.length > 200 ? 3 : 5;
  const line = values.length > 200 ? '' : markup`<path class="ch-line ch-${side}" d="M${points.join('L')}"/>\n`;
  const dots = markup`<path class="ch-dots ch-${side}" stroke-width="${size}" d="${points.map((point) => `M${point}h0`).join('')}"/>\n`;
  return markup`<path class="ch-line ch-dash ch-${side}" d="M${left} ${round(y(median))}H${right}"/>\n${line}${dots}`;
}

/** Not by spreading: a sample may have more values than a call takes arguments. */
const minimum = (values: readonly number[]) => values.reduce((least, value) => Math.min(least, value));
const maximum = (values: readonly number[]) => values.reduce((most, value) => Math.max(most, value));

function summaryText(summary: SampleSummary, unit: string, confidence: number): string {
  const interval = intervalText(summary.low, summary.high, numberText);
  const told = interval === undefined ? '' : `, ${shareText(confidence)} interval ${interval}`;
  return `${summary.count} values, median ${valueText(summary.median, unit)}${told}, from ${numberText(summary.min)} to ${valueText(summary.max, unit)}`;
}
