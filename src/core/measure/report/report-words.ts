import type { Comparison, SeriesComparison, Verdict } from '../comparison.ts';
import { titleOf } from './report-tables.ts';
import { seriesTitle } from './series-title.ts';
import { intervalText, percentText, shareText } from './value-text.ts';

export const verdictWords: Readonly<Record<Verdict, string>> = {
  passed: '✓ Passed',
  regressed: '✗ Regressed',
  inconclusive: '? Inconclusive',
};

/** What was measured, as far as the sides know it. */
export function subjectOf({ current, baseline }: Pick<Comparison, 'current' | 'baseline'>): string {
  const [guest, arch] = [current.guest ?? baseline.guest, current.arch ?? baseline.arch];
  if (guest === undefined) return current.source;
  return arch === undefined ? guest : `${guest} on ${arch}`;
}

/** The verdict, what decided it, and of what. */
export function headline(comparison: Comparison): string {
  const what = decidingWords(comparison);
  const subject = subjectOf(comparison);
  return `${verdictWords[comparison.verdict]}: ${what === undefined ? subject : `${what}, ${subject}`}`;
}

export function decidingWords(comparison: Comparison): string | undefined {
  const deciding = decidingSeries(comparison);
  if (deciding !== undefined)
    return `${titleOf(deciding)} ${percentText(deciding.deltaPercent)}${confidence(comparison, deciding)}`;
  const unmet = comparison.verdict === 'regressed' ? comparison.criteria.find(({ met }) => !met) : undefined;
  return unmet && `${seriesTitle(unmet)} misses its criterion`;
}

/** Of those that are what the verdict says, the one that moved most. */
function decidingSeries({ series, verdict }: Comparison): SeriesComparison | undefined {
  const shift = ({ deltaPercent }: SeriesComparison) => Math.abs(Number.isFinite(deltaPercent) ? deltaPercent : 0);
  return series.filter(({ change }) => change === verdict).sort((a, b) => shift(b) - shift(a))[0];
}

function confidence({ method }: Comparison, { deltaPercentLow, deltaPercentHigh }: SeriesComparison): string {
  const interval = intervalText(deltaPercentLow, deltaPercentHigh, percentText);
  return interval === undefined ? '' : ` (${shareText(method.confidence)} interval ${interval})`;
}

/** What to do about it; undefined when nothing is to be done. */
export function nextStep(comparison: Comparison): string | undefined {
  const { verdict, incomparable, series } = comparison;
  if (verdict === 'passed') return undefined;
  if (incomparable.length > 0) return 'Next: measure the baseline on the machine that is judged, then compare again.';
  if (verdict === 'regressed') {
    const one = decidingSeries(comparison);
    const words = one === undefined ? '' : ` --workload ${one.workload} --metric ${one.definition.metric}`;
    return `Next: see since when with: sysmonvm bench history${words}; if the new level is meant, accept it: sysmonvm bench baseline set --replace`;
  }
  const needed = Math.max(0, ...series.map(({ neededPerSide }) => neededPerSide ?? 0));
  return needed > 0
    ? `Next: measure both sides again with --iterations ${needed}.`
    : 'Next: the sentences above say which results are missing; measure again.';
}

/** `3 regressed, 1 inconclusive, 12 unchanged; 1 of 4 criteria not met` */
export function tally({ series, criteria, missing }: Comparison): string {
  const counts = (['regressed', 'inconclusive', 'improved', 'unchanged'] as const)
    .map((change) => ({ change, count: series.filter((one) => one.change === change).length }))
    .filter(({ count }) => count > 0)
    .map(({ change, count }) => `${count} ${change}`);
  const unmet = criteria.filter(({ met }) => !met).length;
  return [
    counts.length === 0 ? 'no metric compared' : counts.join(', '),
    ...(criteria.length === 0 ? [] : [`${unmet} of ${criteria.length} criteria not met`]),
    ...(missing.length === 0 ? [] : [`missing results: ${missing.length}`]),
  ].join('; ');
}

export function methodSentences({ method, series }: Comparison): readonly string[] {
  const tested = series.some(({ pValue }) => pValue !== undefined);
  if (!tested) return ['No statistical test was made: a side is a single value. The tolerance alone decides.'];
  return [
    `Intervals: bootstrap of the difference, ${method.resamples} resamples, confidence ${shareText(method.confidence)}.`,
    `Significance: two-sided permutation test, adjusted for all metrics together, alpha ${method.alpha}. Both start from seed ${method.seed}, so the same files give the same report.`,
    `Repetitions asked for are those that find a shift of twice the limit in ${shareText(method.power)} of all cases.`,
  ];
}
