import { textTable } from '../../view/text-table.ts';
import { seriesTitle } from '../report/series-title.ts';
import { intervalText, numberText, valueText } from '../report/value-text.ts';
import { hintText, trendText } from './course-text.ts';
import type { History, HistoryPoint, HistorySeries } from './history.ts';
import { sparkline } from './sparkline.ts';

export function historyText({ series, hardware }: History): string {
  if (series.length === 0) return '';
  const legend = hardware.map(({ name, description }) => `  ${name}  ${description}\n`).join('');
  return `${series.map(seriesText).join('\n')}\nhardware\n${legend}`;
}

function seriesText(series: HistorySeries): string {
  const { guest, arch, unit, points, courses } = series;
  const columns = [
    { title: 'run' },
    { title: 'date' },
    { title: 'commit' },
    { title: `median${unit === '' ? '' : ` (${unit})`}`, align: 'right' as const },
    { title: '95 % interval', align: 'right' as const },
    { title: 'n', align: 'right' as const },
    { title: 'failed', align: 'right' as const },
    { title: 'hardware' },
    { title: 'against baseline' },
  ];
  const spark = sparkline(
    points.map(({ median, hardware }) => ({ group: hardware, ...(median === undefined ? {} : { value: median }) })),
  );
  const told = courses.flatMap((course) => {
    const hint = hintText(course, unit, points);
    return [
      `  ${course.hardware}: ${trendText(course)}\n`,
      ...(hint === undefined ? [] : [`  ${course.hardware}: ${hint}\n`]),
    ];
  });
  return [
    `${seriesTitle(series)}, ${guest} on ${arch}\n`,
    textTable(
      columns,
      points.flatMap((point, index) => rowsOf(point, points[index - 1])),
    ),
    `  ${spark}\n`,
    ...told,
  ].join('');
}

function rowsOf(point: HistoryPoint, before: HistoryPoint | undefined): readonly (readonly string[])[] {
  const row = [
    point.runId,
    point.at.slice(0, 16).replace('T', ' '),
    point.commit?.slice(0, 12) ?? '-',
    point.median === undefined ? '-' : numberText(point.median),
    intervalText(point.low, point.high, numberText) ?? '-',
    String(point.count),
    failuresText(point),
    point.hardware,
    point.change ?? '-',
  ];
  const breaks = before !== undefined && before.hardware !== point.hardware;
  return breaks ? [[`-- hardware ${point.hardware} --`], row] : [row];
}

export function failuresText({ failed, timeout }: HistoryPoint): string {
  return timeout === 0 ? String(failed) : `${failed} + ${timeout} timed out`;
}

/** `13245 ms (n=10)` of a point; what was not measured says so. */
export const pointText = ({ median, count }: HistoryPoint, unit: string): string =>
  median === undefined ? 'nothing measured' : `${valueText(median, unit)} (n=${count})`;
