import type { Comparison, SeriesComparison } from '../comparison.ts';
import { type Markup, markup } from './markup.ts';
import { criterionText, deltaInterval, limitText, remarkOf } from './report-tables.ts';
import { methodSentences, subjectOf } from './report-words.ts';
import { parametersText } from './series-title.ts';
import { percentText, valueText } from './value-text.ts';

/**
 * One test case a metric, one a criterion. Inconclusive and missing results are `skipped`: Jenkins, GitLab and GitHub's
 * reporters show those apart from both passed and failed, while `error` is counted as a failure by all of them and
 * would say that something got slower. No case has a time: a median is not how long a test took.
 */
interface Case {
  readonly suite: string;
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
  readonly message: string;
  readonly details: string;
}

export function junitReport(comparison: Comparison): string {
  const cases = [
    ...comparison.incomparable.map(notComparable),
    ...comparison.series.map(seriesCase),
    ...criteriaCases(comparison),
    ...missingCases(comparison),
  ];
  const suites = [...new Set(cases.map(({ suite }) => suite))].map((name) => ({
    name,
    members: cases.filter(({ suite }) => suite === name),
  }));
  return markup`<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${`sysmonvm: ${subjectOf(comparison)}`}" ${counts(cases)}>
${suites.map(({ name, members }) => suiteElement(comparison, name, members))}</testsuites>
`.markup;
}

function counts(cases: readonly Case[]): Markup {
  const number = (outcome: Case['outcome']) => cases.filter((one) => one.outcome === outcome).length;
  return markup`tests="${cases.length}" failures="${number('failed')}" errors="0" skipped="${number('skipped')}"`;
}

function suiteElement(comparison: Comparison, name: string, members: readonly Case[]): Markup {
  const { baseline, current, verdict, attempts } = comparison;
  const tried = (side: 'baseline' | 'current') =>
    `${attempts[side].completed} completed, ${attempts[side].failed} failed, ${attempts[side].timeout} timed out`;
  const properties = [
    ['verdict', verdict],
    ['baseline.run', baseline.runId],
    ['current.run', current.runId],
    ...(baseline.commit === undefined ? [] : [['baseline.commit', baseline.commit]]),
    ...(current.commit === undefined ? [] : [['current.commit', current.commit]]),
    ['baseline.repetitions', tried('baseline')],
    ['current.repetitions', tried('current')],
    ['method', methodSentences(comparison).join(' ')],
  ];
  const className = [current.guest, current.arch, name].filter((part) => part !== undefined).join('.');
  return markup`  <testsuite name="${name}" ${counts(members)}${current.startedAt === undefined ? '' : markup` timestamp="${current.startedAt}"`}>
    <properties>
${properties.map(([key, value]) => markup`      <property name="${key}" value="${value}"/>\n`)}    </properties>
${members.map((one) => caseElement(className, one))}  </testsuite>
`;
}

function caseElement(className: string, { name, outcome, message, details }: Case): Markup {
  const head = markup`    <testcase classname="${className}" name="${name}"`;
  const output = markup`      <system-out>${details}</system-out>\n`;
  if (outcome === 'passed') return markup`${head}>\n${output}    </testcase>\n`;
  const element =
    outcome === 'failed'
      ? markup`      <failure type="regression" message="${message}">${details}</failure>\n`
      : markup`      <skipped message="${message}"/>\n${output}`;
  return markup`${head}>\n${element}    </testcase>\n`;
}

const nameOf = (metric: string, parameters: SeriesComparison['parameters']) => {
  const text = parametersText(parameters);
  return text === '' ? metric : `${metric} (${text})`;
};

function seriesCase(one: SeriesComparison): Case {
  const { unit, metric, better } = one.definition;
  const outcomes = { regressed: 'failed', inconclusive: 'skipped', improved: 'passed', unchanged: 'passed' } as const;
  const show = (side: SeriesComparison['baseline']) => `${valueText(side.center, unit)} (n=${side.count})`;
  return {
    suite: one.workload,
    name: nameOf(metric, one.parameters),
    outcome: outcomes[one.change],
    message: `${one.change}: ${remarkOf(one)}`,
    details: [
      `trimmed means: baseline ${show(one.baseline)}, current ${show(one.current)}, ${better} is better`,
      `delta ${percentText(one.deltaPercent)}, interval ${deltaInterval(one)}, limit ${limitText(one)}`,
      `${one.change}: ${remarkOf(one)}`,
    ].join('\n'),
  };
}

const criteriaCases = ({ criteria }: Comparison): readonly Case[] =>
  criteria.map((result) => {
    const measured = result.value === undefined ? 'nothing was measured' : valueText(result.value, result.unit);
    return {
      suite: result.workload,
      name: `${nameOf(result.metric, result.parameters)} ${criterionText(result)}`,
      outcome: result.met ? 'passed' : 'failed',
      message: `criterion not met: ${measured}`,
      details: `${criterionText(result)}, measured: ${measured}`,
    };
  });

const missingCases = ({ missing }: Comparison): readonly Case[] =>
  missing.map((one) => ({
    suite: one.workload,
    name: nameOf(one.metric, one.parameters),
    outcome: 'skipped',
    message: `no result in ${one.missingIn}`,
    details: `no result in ${one.missingIn}`,
  }));

const notComparable = (reason: string): Case => ({
  suite: 'comparison',
  name: `comparable: ${reason}`,
  outcome: 'skipped',
  message: reason,
  details: reason,
});
