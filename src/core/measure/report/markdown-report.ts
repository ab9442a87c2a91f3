import type { Comparison } from '../comparison.ts';
import { type FittedSection, fitLines } from './fit-lines.ts';
import { codeSpan, plainText } from './markdown-text.ts';
import { type ReportTable, reportTables } from './report-tables.ts';
import { headline, methodSentences, nextStep, tally } from './report-words.ts';

/** What GitHub takes as the summary of one step. */
export const stepSummaryBytes = 1024 * 1024;

export function markdownReport(comparison: Comparison, maxBytes = stepSummaryBytes): string {
  const [metrics, ...rest] = reportTables(comparison);
  return fitLines(
    [
      opening(comparison),
      ...(metrics === undefined ? [] : [tableSection(metrics), remarkSection(metrics)]),
      ...rest.map(tableSection),
      listSection('Method', methodSentences(comparison)),
    ].filter(({ before, rows }) => before.length + rows.length > 0),
    maxBytes,
  );
}

function opening(comparison: Comparison): FittedSection {
  const { baseline, current, incomparable, reasons, notes } = comparison;
  const next = nextStep(comparison);
  const sentences = [
    ...incomparable.map((reason) => `- **Not comparable:** ${plainText(reason)}`),
    ...reasons.map((reason) => `- ${plainText(reason)}`),
    ...notes.map((note) => `- Note: ${plainText(note)}`),
    ...(next === undefined ? [] : [`- ${plainText(next)}`]),
  ];
  return {
    before: [
      `## ${plainText(headline(comparison))}`,
      '',
      `Current ${codeSpan(current.runId)} against baseline ${codeSpan(baseline.runId)}: ${tally(comparison)}.`,
      ...(sentences.length === 0 ? [] : ['']),
    ],
    rows: sentences,
    leftOut: (count, of) => `- … ${count} of ${of} sentences are left out: too long for one page.`,
  };
}

function tableSection({ title, note, columns, rows }: ReportTable): FittedSection {
  const named = new Set(['Metric', 'Run', 'Commit']);
  const cell = (text: string, index: number) =>
    named.has(columns[index]?.title ?? '') ? codeSpan(text) : plainText(text);
  return {
    before: [
      '',
      `### ${title}`,
      '',
      ...(note === undefined ? [] : [note, '']),
      `| ${columns.map((column) => column.title).join(' | ')} |`,
      `|${columns.map(({ numeric }) => (numeric ? '---:|' : '---|')).join('')}`,
    ],
    rows: rows.map(({ cells }) => `| ${cells.map(cell).join(' | ')} |`),
    leftOut: (count, of) =>
      `\n… ${count} of ${of} rows are left out: the page may not be longer. The HTML report has them all.`,
  };
}

/** Why, for what is not simply unchanged. */
function remarkSection({ rows }: ReportTable): FittedSection {
  const remarks = rows.flatMap(({ cells, tone, remark }) =>
    tone === 'unchanged' || remark === undefined ? [] : [`- ${codeSpan(cells[0] ?? '')}: ${plainText(remark)}`],
  );
  return {
    before: remarks.length === 0 ? [] : [''],
    rows: remarks,
    leftOut: (count, of) => `- … ${count} of ${of} reasons are left out.`,
  };
}

function listSection(title: string, sentences: readonly string[]): FittedSection {
  return {
    before: ['', `### ${title}`, ''],
    rows: sentences.map((sentence) => `- ${plainText(sentence)}`),
    leftOut: (count, of) => `- … ${count} of ${of} sentences are left out.`,
  };
}
