import { hintText, trendText } from '../core/measure/history/course-text.ts';
import type { HistorySeries } from '../core/measure/history/history.ts';
import { failuresText } from '../core/measure/history/history-text.ts';
import { seriesTitle } from '../core/measure/report/series-title.ts';
import { numberText } from '../core/measure/report/value-text.ts';
import { type Chart, makeChart } from './chart.ts';
import { element, table } from './element.ts';
import { lineOf } from './hardware-line.ts';
import { commitElement, commitLink, dateText, intervalOf, pointSentence } from './point-words.ts';

export interface Figure {
  readonly shown: HTMLElement;
  /** When it stands in the page and has a width. */
  draw(): Chart;
}

export function seriesFigure(series: HistorySeries, hardware: readonly string[], template: string | undefined): Figure {
  const title = `${seriesTitle(series)}, ${series.guest} on ${series.arch}`;
  const readout = element('p', { class: 'readout soft', role: 'status' }, 'Left and right arrow: from run to run.');
  const place = element('div', {
    class: 'chart',
    tabindex: '0',
    role: 'group',
    'aria-label': `Chart of ${title}, ${series.points.length} runs; arrow keys move, Enter opens the commit`,
  });
  const shown = element(
    'figure',
    {},
    element('h3', {}, title),
    ...coursesOf(series, hardware),
    place,
    readout,
    element('details', {}, element('summary', {}, 'The numbers'), pointTable(series, template)),
  );
  return { shown, draw: () => interactive(place, readout, series, hardware, template) };
}

function coursesOf({ courses, unit, points }: HistorySeries, hardware: readonly string[]): readonly HTMLElement[] {
  return courses.map((course) => {
    const hint = hintText(course, unit, points);
    const key = element('span', { class: lineOf(hardware.indexOf(course.hardware)).key });
    return element('p', {}, key, `${course.hardware}: ${trendText(course)}${hint === undefined ? '' : `; ${hint}`}`);
  });
}

function interactive(
  place: HTMLElement,
  readout: HTMLElement,
  series: HistorySeries,
  hardware: readonly string[],
  template: string | undefined,
): Chart {
  let at: number | undefined;
  const last = series.points.length - 1;
  const chart = makeChart(place, series, hardware, (index) => {
    const point = series.points[index ?? -1];
    if (point === undefined) return;
    at = index;
    readout.replaceChildren(`${pointSentence(point, series.unit)}, commit `, commitElement(point, template));
  });
  const open = () => {
    const point = series.points[at ?? -1];
    const href = point === undefined ? undefined : commitLink(point, template);
    if (href !== undefined) window.open(href, '_blank', 'noopener,noreferrer');
  };
  place.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') open();
    const next = nextIndex(event.key, at, last);
    if (next === undefined) return;
    event.preventDefault();
    chart.move(next);
  });
  place.addEventListener('click', open);
  return chart;
}

/** Where a key leads; undefined: nowhere. Without a place yet, arrows begin at their end. */
function nextIndex(key: string, at: number | undefined, last: number): number | undefined {
  if (key === 'ArrowLeft') return Math.max(0, (at ?? last + 1) - 1);
  if (key === 'ArrowRight') return Math.min(last, (at ?? -1) + 1);
  if (key === 'Home') return 0;
  return key === 'End' ? last : undefined;
}

function pointTable({ points, unit }: HistorySeries, template: string | undefined): HTMLElement {
  return table(
    `Every run, newest first; median in ${unit}`,
    ['Run', 'Date (UTC)', 'Commit', '#Median', '#95 % interval', '#n', '#Failed', 'Hardware', 'Against baseline'],
    points.toReversed().map((point) => ({
      tone: point.change ?? '',
      cells: [
        point.runId,
        dateText(point),
        commitElement(point, template),
        point.median === undefined ? '-' : numberText(point.median),
        intervalOf(point),
        String(point.count),
        failuresText(point),
        point.hardware,
        point.change ?? '-',
      ],
    })),
  );
}
