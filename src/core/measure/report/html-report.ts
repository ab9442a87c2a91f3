import type { Comparison } from '../comparison.ts';
import { type MeasuredSeries, seriesKey } from '../result-set.ts';
import { type Markup, markup, trusted } from './markup.ts';
import { reportStyle } from './report-style.ts';
import { byGravity, changeWords, type ReportTable, reportTables, titleOf } from './report-tables.ts';
import { decidingWords, headline, methodSentences, nextStep, subjectOf, tally, verdictWords } from './report-words.ts';
import { type SampleValues, sequencePlot, stripPlot } from './sample-charts.ts';
import { type BootLane, waterfallDrawing } from './waterfall-svg.ts';

export interface ReportExtras {
  /** With them every value is drawn, without them the summaries only. */
  readonly baseline?: readonly MeasuredSeries[];
  readonly current?: readonly MeasuredSeries[];
  readonly boots?: readonly { readonly title: string; readonly lanes: readonly BootLane[] }[];
}

/** Nothing is loaded and nothing runs: the policy forbids both, whatever a name may say. */
const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export function htmlReport(comparison: Comparison, extras: ReportExtras = {}): string {
  const title = headline(comparison);
  return markup`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8"/>
<meta http-equiv="Content-Security-Policy" content="${trusted(policy)}"/>
<meta name="viewport" content="width=device-width, initial-scale=1"/>
<title>${title}</title>
<style>${trusted(reportStyle)}</style>
</head>
<body>
${opening(comparison)}
<main>
${reportTables(comparison).map((table, index) => [tableElement(table), ...(index === 0 ? [chartsOf(comparison, extras)] : [])])}
${bootsOf(extras)}
<section aria-labelledby="method"><h2 id="method">Method</h2>${list(methodSentences(comparison))}</section>
</main>
<footer><p class="soft">Made by sysmonvm from the comparison of ${comparison.baseline.runId} and ${comparison.current.runId}.</p></footer>
</body>
</html>
`.markup;
}

function opening(comparison: Comparison): Markup {
  const { baseline, current, verdict, incomparable, reasons, notes } = comparison;
  const next = nextStep(comparison);
  return markup`<header>
<h1>${subjectOf(comparison)}</h1>
<p><span class="verdict ${verdict}">${verdictWords[verdict]}</span> ${decidingWords(comparison) ?? ''}</p>
<p>${tally(comparison)}</p>
<p>Current <code>${current.runId}</code> against baseline <code>${baseline.runId}</code></p>
${list([...incomparable.map((reason) => `Not comparable: ${reason}`), ...reasons, ...notes.map((note) => `Note: ${note}`)])}
${next === undefined ? '' : markup`<p>${next}</p>`}
</header>`;
}

const list = (sentences: readonly string[]): Markup =>
  sentences.length === 0 ? markup`` : markup`<ul>${sentences.map((sentence) => markup`<li>${sentence}</li>`)}</ul>`;

function tableElement({ title, note, columns, rows }: ReportTable): Markup {
  const id = title.toLowerCase().replaceAll(' ', '-');
  const head = columns.map(
    ({ title: name, numeric }) => markup`<th scope="col"${numeric ? markup` class="number"` : ''}>${name}</th>`,
  );
  const cell = (text: string, index: number, tone: string | undefined) => {
    if (index === 0) return markup`<th scope="row">${text}</th>`;
    const verdict = columns[index]?.title === 'Verdict';
    const kind = columns[index]?.numeric ? 'number' : verdict ? 'word' : '';
    const colour = tone !== undefined && verdict ? ` ${tone}` : '';
    return markup`<td class="${kind}${colour}">${text}</td>`;
  };
  return markup`<section aria-labelledby="${id}"><h2 id="${id}">${title}</h2>
${note === undefined ? '' : markup`<p class="soft">${note}</p>\n`}<div class="scroll" tabindex="0" role="region" aria-labelledby="${id}"><table>
<caption class="unseen">${title}, both sides</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${rows.map(({ cells, tone, remark }) => {
  const row = cells.map((text, index) => cell(text, index, tone));
  return remark === undefined
    ? markup`<tr>${row}</tr>\n`
    : markup`<tr class="with-remark">${row}</tr><tr><td class="remark" colspan="${columns.length}"><span>${remark}</span></td></tr>\n`;
})}</tbody>
</table></div></section>
`;
}

function chartsOf({ series, method }: Comparison, { baseline, current }: ReportExtras): Markup {
  if (series.length === 0) return markup``;
  const [before, now] = [valuesByKey(baseline), valuesByKey(current)];
  const figures = byGravity(series).map((one, index) => {
    const key = seriesKey({ workload: one.workload, metric: one.definition.metric, parameters: one.parameters });
    const [left, right] = [before.get(key), now.get(key)];
    const values: SampleValues = {
      ...(left === undefined ? {} : { baseline: left }),
      ...(right === undefined ? {} : { current: right }),
    };
    const sequence = sequencePlot(one, values, `sequence-${index}`);
    const drawn = left === undefined && right === undefined ? 'from least to greatest value' : 'every dot a repetition';
    return markup`<figure><h3>${titleOf(one)}: <span class="${one.change}">${changeWords[one.change]}</span></h3>
<div class="scroll" tabindex="0" role="region" aria-label="${`values of ${titleOf(one)}`}">${stripPlot(one, values, method.confidence, `strip-${index}`)}${sequence}</div>
<figcaption>Upright line: median; band below: its interval; ${drawn}.${sequence === undefined ? '' : ' Below: the same in the order of measuring, medians dashed.'}</figcaption></figure>
`;
  });
  return markup`<section aria-labelledby="charts"><h2 id="charts">Values</h2>${figures}</section>
`;
}

const valuesByKey = (all: readonly MeasuredSeries[] = []): ReadonlyMap<string, readonly number[]> =>
  new Map(all.map((series) => [seriesKey(series), series.values]));

function bootsOf({ boots = [] }: ReportExtras): Markup {
  if (boots.length === 0) return markup``;
  const figures = boots.map(
    ({ title, lanes }, index) =>
      markup`<figure><div class="scroll" tabindex="0" role="region" aria-label="${title}">${waterfallDrawing(title, lanes, `boot-${index}`)}</div></figure>\n`,
  );
  return markup`<section aria-labelledby="boots"><h2 id="boots">Boots</h2>${figures}</section>`;
}
