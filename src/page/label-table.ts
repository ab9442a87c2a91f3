import { compareLabels, type LabelRow, labelsOf, usualLabels } from '../core/measure/history/compare-labels.ts';
import type { HistoryPoint, HistorySeries } from '../core/measure/history/history.ts';
import { pointText } from '../core/measure/history/history-text.ts';
import { seriesTitle } from '../core/measure/report/series-title.ts';
import { percentText } from '../core/measure/report/value-text.ts';
import { byId, element, table } from './element.ts';

/** Two labels to choose, and their newest runs side by side. What comes back shows other series. */
export function showLabelTable(all: readonly HistorySeries[]): (series: readonly HistorySeries[]) => void {
  const labels = labelsOf(all);
  const usual = usualLabels(labels);
  const place = byId('labels');
  if (labels.length < 2) {
    place.append(element('p', { class: 'soft' }, 'There are not two labels to compare.'));
    return () => {};
  }
  const select = (id: string, chosen: string) => {
    const options = labels.map((value) =>
      element('option', value === chosen ? { value, selected: '' } : { value }, value),
    );
    return element('select', { id }, ...options);
  };
  const [current, release] = [select('current-label', usual.current), select('release-label', usual.release)];
  const rows = element('div');
  place.append(
    element(
      'div',
      { class: 'pair' },
      element('label', {}, 'Current', current),
      element('label', {}, 'Release', release),
    ),
    rows,
  );
  let shown = all;
  const draw = () =>
    rows.replaceChildren(rowTable(compareLabels(shown, current.value, release.value), current.value, release.value));
  current.addEventListener('input', draw);
  release.addEventListener('input', draw);
  return (series) => {
    shown = series;
    draw();
  };
}

function rowTable(rows: readonly LabelRow[], current: string, release: string): HTMLElement {
  const cell = (point: HistoryPoint | undefined, unit: string) => (point === undefined ? '-' : pointText(point, unit));
  return table(
    `Newest run of ${current} and of ${release}; medians, no verdict`,
    ['Series', 'Guest', `#${release}`, `#${current}`, '#Delta', 'In words'],
    rows.map((row) => ({
      cells: [
        seriesTitle(row.series),
        `${row.series.guest} ${row.series.arch}`,
        cell(row.release, row.series.unit),
        cell(row.current, row.series.unit),
        row.deltaPercent === undefined ? '-' : percentText(row.deltaPercent),
        wordsOf(row),
      ],
    })),
  );
}

function wordsOf({ otherHardware, deltaPercent, apart, current }: LabelRow): string {
  const judged = current?.change === undefined ? '' : `; ${current.change} against its baseline`;
  if (otherHardware) return `other hardware, not compared${judged}`;
  if (deltaPercent === undefined) return `nothing to compare${judged}`;
  if (apart === undefined) return `too few values for an interval${judged}`;
  return `${apart ? 'outside of each other’s interval' : 'within the interval'}${judged}`;
}
