import { scalingTable } from '../measure/boot/scaling-table.ts';
import type { BootSeriesResult } from '../measure/boot-operations.ts';
import { defaultMethod } from '../measure/statistics/judging-method.ts';
import { summarizeSample } from '../measure/statistics/summarize-sample.ts';
import { formatDuration } from '../units/duration.ts';
import { bootLanesText } from './boot-lanes-text.ts';
import { type Column, textTable } from './text-table.ts';

const runColumns: readonly Column[] = [
  { title: 'BOOT', align: 'right' },
  { title: 'OF' },
  { title: 'OUTCOME' },
  { title: 'READY', align: 'right' },
  { title: 'WHERE' },
];
const seriesColumns: readonly Column[] = [
  { title: 'METRIC' },
  { title: 'OF' },
  { title: 'N', align: 'right' },
  { title: 'MEDIAN', align: 'right' },
  { title: 'MIN', align: 'right' },
  { title: 'MAX', align: 'right' },
  { title: 'STDEV', align: 'right' },
  { title: '95 % OF MEDIAN' },
];

const scalingColumns: readonly Column[] = [
  { title: 'OF' },
  { title: 'CPUS', align: 'right' },
  { title: 'MEDIAN', align: 'right' },
  { title: 'SPEED-UP', align: 'right' },
  { title: 'EFFICIENCY', align: 'right' },
];

function parametersText(parameters: Readonly<Record<string, string | number>>): string {
  return Object.entries(parameters)
    .map(([name, value]) => (name === 'start' ? String(value) : `${name}=${value}`))
    .join(' ');
}

function scalingText({ result }: BootSeriesResult): string {
  const rows = scalingTable(result.series, (values) => summarizeSample(values, defaultMethod)?.median);
  if (rows.length === 0) return '';
  const cells = rows.map(({ group, cpus, medianMs, speedUp, efficiencyPercent }) => [
    group,
    String(cpus),
    valueText(medianMs, 'ms'),
    speedUp.toFixed(2),
    `${efficiencyPercent.toFixed(0)} %`,
  ]);
  return `\n${textTable(scalingColumns, cells)}`;
}

function valueText(value: number, unit: string): string {
  return unit === 'ms' ? formatDuration(Math.round(value)) : `${Number(value.toFixed(2))} ${unit}`;
}

function runsText({ runs }: BootSeriesResult): string {
  const rows = runs.map(({ iteration, parameters, warmup, outcome, totalMs, failure, directory }) => [
    String(iteration),
    parametersText(parameters),
    warmup ? `${outcome}, warm-up` : outcome,
    totalMs === undefined ? '-' : formatDuration(Math.round(totalMs)),
    failure?.message ?? directory,
  ]);
  return textTable(runColumns, rows);
}

function seriesText({ result }: BootSeriesResult): string {
  const rows = result.series.flatMap(({ metric, unit, parameters, values }) => {
    const sample = summarizeSample(values, defaultMethod);
    if (sample === undefined) return [];
    const spread = sample.stdev === undefined ? '-' : valueText(sample.stdev, unit);
    const interval =
      sample.low === undefined || sample.high === undefined
        ? '-'
        : `${valueText(sample.low, unit)} … ${valueText(sample.high, unit)}`;
    const ends = [sample.median, sample.min, sample.max].map((value) => valueText(value, unit));
    return [[metric, parametersText(parameters), String(sample.count), ...ends, spread, interval]];
  });
  return rows.length === 0 ? '' : `\n${textTable(seriesColumns, rows)}`;
}

export function bootSeriesText(series: BootSeriesResult): string {
  const drawn = series.lanes.length === 0 ? '' : `\nlast completed boot\n${bootLanesText(series.lanes)}`;
  return `${runsText(series)}${seriesText(series)}${scalingText(series)}${drawn}\n${series.resultPath}\n`;
}
