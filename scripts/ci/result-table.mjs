#!/usr/bin/env node
/** Markdown of one result set: `result-table.mjs FILE VERDICT`. A failure or a timeout is counted and is no value. */
import { readFileSync } from 'node:fs';

const [path, verdict] = process.argv.slice(2);
const { guest, arch, runId, attempts, series } = JSON.parse(readFileSync(path, 'utf8'));

/** Names come from files and inputs: nothing of them is markup. */
const cell = (text) =>
  String(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\r\n]+/g, ' ')
    .replaceAll(/[\\`*_[\]|~]/g, '\\$&');
const row = (cells) => `| ${cells.map(cell).join(' | ')} |`;
const number = (value) => String(Number(value.toPrecision(5)));

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}

function seriesRow({ workload, metric, unit, parameters, values }) {
  const told = Object.entries(parameters).map(([name, value]) => `${name}=${value}`);
  const name = [workload, metric, ...told].join(' ');
  const amounts = values.length === 0 ? ['–', '–', '–'] : [median(values), Math.min(...values), Math.max(...values)];
  return row([name, unit, values.length, ...amounts.map((one) => (typeof one === 'number' ? number(one) : one))]);
}

const counted = (outcome) => attempts.filter((attempt) => attempt.outcome === outcome).length;
const verdicts = {
  passed: 'passed',
  regressed: 'REGRESSED',
  inconclusive: 'inconclusive: the data neither show a regression nor exclude one',
  skipped: 'skipped: there is no baseline, so nothing was judged',
  error: 'none: the gate failed',
};

console.log(`### sysmonvm: ${cell(guest)}, ${cell(arch)}

Run ${cell(runId)}: ${counted('completed')} completed, ${counted('failed')} failed, ${counted('timeout')} timed out. Gate: ${verdicts[verdict] ?? 'not run'}.

| metric | unit | values | median | min | max |
|---|---|---:|---:|---:|---:|
${series.map(seriesRow).join('\n')}
`);
