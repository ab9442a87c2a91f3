import type { CriterionResult, MissingSeries, SeriesComparison, Verdict } from '../comparison.ts';
import type { FailureFindings } from './judge-failures.ts';
import { seriesTitle, valueText } from './value-text.ts';

export interface Findings {
  readonly incomparable: readonly string[];
  readonly series: readonly SeriesComparison[];
  readonly missing: readonly MissingSeries[];
  readonly criteria: readonly CriterionResult[];
  readonly failures: FailureFindings;
  readonly tier: 1 | 2 | 3;
  /** Why the current side tells no time at all. */
  readonly withoutValue?: string;
}

/** The verdict and why: one sentence each, the deciding one first. */
export function judgeVerdict(findings: Findings): { readonly verdict: Verdict; readonly reasons: readonly string[] } {
  const against = regressions(findings);
  const unclear = doubts(findings);
  const told = [...remarks(findings), ...findings.failures.told];
  if (against.length > 0) return { verdict: 'regressed', reasons: [...against, ...unclear, ...told] };
  if (unclear.length > 0) return { verdict: 'inconclusive', reasons: [...unclear, ...told] };
  return { verdict: 'passed', reasons: [passedBecause(findings.series), ...told] };
}

function regressions({ criteria, series, failures, incomparable }: Findings): readonly string[] {
  // A limit of the workload's own holds on any hardware; what is compared does not.
  const own = criteria
    .filter(({ met }) => !met)
    .map((result) => {
      const limit = `${result.condition} ${valueText(result.threshold, result.unit)}`;
      const is = result.value === undefined ? 'not measured' : valueText(result.value, result.unit);
      return `${seriesTitle(result)} is ${is}; the profile ${result.profile} asks for ${limit}.`;
    });
  if (incomparable.length > 0) return own;
  return [...own, ...failures.regressed, ...sentencesOf(series, 'regressed')];
}

function doubts({ incomparable, series, missing, tier, withoutValue }: Findings): readonly string[] {
  const absent = missing.filter(({ missingIn }) => missingIn === 'current');
  return [
    ...(withoutValue === undefined ? [] : [withoutValue]),
    ...incomparable.map((difference) => `Not comparable: ${difference}.`),
    ...(incomparable.length > 0 ? [] : sentencesOf(series, 'inconclusive')),
    ...(tier === 1 && withoutValue === undefined ? absent.map((one) => `${seriesTitle(one)} has no result.`) : []),
    ...(series.length === 0 && withoutValue === undefined ? ['No metric has a value on both sides.'] : []),
  ];
}

function remarks({ series, missing, tier }: Findings): readonly string[] {
  const words = tier === 2 ? 'reported, not judged (tier 2)' : 'for information only (tier 3)';
  return [
    // Of a single series the deciding sentence says it already.
    ...(series.length > 1 ? sentencesOf(series, 'improved') : []),
    ...missing.flatMap((one) => {
      if (one.missingIn === 'baseline') return [`${seriesTitle(one)} is new: the baseline has nothing to judge it by.`];
      return tier === 1 ? [] : [`${seriesTitle(one)} has no result: ${words}.`];
    }),
  ];
}

const sentencesOf = (series: readonly SeriesComparison[], change: SeriesComparison['change']): readonly string[] =>
  series.filter((one) => one.change === change).map((one) => `${titled(one)} ${change}: ${one.reason}`);

const titled = ({ workload, definition, parameters }: SeriesComparison): string =>
  seriesTitle({ workload, metric: definition.metric, parameters });

function passedBecause(series: readonly SeriesComparison[]): string {
  const [only] = series;
  if (only !== undefined && series.length === 1) return `${titled(only)} ${only.change}: ${only.reason}`;
  const improved = series.filter(({ change }) => change === 'improved').length;
  return `None of ${series.length} series regressed${improved === 0 ? '' : `; ${improved} improved`}.`;
}
