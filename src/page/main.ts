import { chooseSeries, everything } from '../core/measure/history/choose-series.ts';
import type { HistorySite } from '../core/measure/history/history-page.ts';
import type { Chart } from './chart.ts';
import { byId, element, table } from './element.ts';
import { showFilters } from './filters.ts';
import { showLabelTable } from './label-table.ts';
import { seriesFigure } from './series-figure.ts';

const site = JSON.parse(byId('data').textContent ?? '') as HistorySite;
const hardware = site.hardware.map(({ name }) => name);
const showLabels = showLabelTable(site.series);
let charts: readonly Chart[] = [];

function show(choice = everything): void {
  const series = chooseSeries(site.series, choice);
  const runs = new Set(series.flatMap(({ points }) => points.map(({ runId }) => runId))).size;
  byId('shown').textContent = `${series.length} of ${site.series.length} series, ${runs} runs`;
  for (const chart of charts) chart.destroy();
  const figures = series.map((one) => seriesFigure(one, hardware, site.commitUrl));
  const none = site.series.length === 0 ? 'Nothing was measured yet.' : 'No series has these properties.';
  byId('series').replaceChildren(
    ...(figures.length === 0 ? [element('p', {}, none)] : figures.map(({ shown }) => shown)),
  );
  charts = figures.map((figure) => figure.draw());
  showLabels(series);
}

showFilters(site.series, show);
show();
byId('hardware').append(
  table(
    'Runs of one group may be compared with each other',
    ['Group', 'What it is'],
    site.hardware.map(({ name, description }) => ({ cells: [name, description] })),
  ),
  ...site.unreadable.map(({ path, problem }) => element('p', {}, `Left out: ${path}: ${problem}`)),
);
