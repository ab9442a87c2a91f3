import type { SeriesComparison } from '../comparison.ts';
import type { MeasuredSeries } from '../result-set.ts';
import { adjustByHolm } from '../statistics/adjust-by-holm.ts';
import { defaultMethod, type JudgingMethod } from '../statistics/judging-method.ts';
import { judgeSampled, judgeSingle } from './judge-series.ts';
import { type Difference, measureDifference, type SeriesPair } from './measure-difference.ts';

/** The same series of both sides; `series` is the current one. */
export interface SeriesToJudge {
  readonly series: MeasuredSeries;
  readonly pair: SeriesPair;
  readonly otherUnit?: string;
}

/** The finest p value must be small enough to count among so many series. */
export function methodFor(seed: number | undefined, together: number): JudgingMethod {
  const { resamples, alpha } = defaultMethod;
  const least = Math.ceil((20 * together) / alpha);
  return { ...defaultMethod, resamples: Math.max(resamples, least), ...(seed === undefined ? {} : { seed }) };
}

export function judgeTogether(pairs: readonly SeriesToJudge[], method: JudgingMethod): readonly SeriesComparison[] {
  const measured = pairs.flatMap((one) => {
    const difference = measureDifference(one.pair, method);
    return difference === undefined ? [] : [{ ...one, difference }];
  });
  const tests = measured.flatMap(({ difference }) => difference.sampled?.test.pValue ?? []);
  const adjusted = [...adjustByHolm(tests)];
  return measured.map((one) => {
    const pValue = one.difference.sampled === undefined ? undefined : adjusted.shift();
    return judged(one, one.difference, { ...(pValue === undefined ? {} : { pValue }), together: tests.length, method });
  });
}

function judged(
  { series, pair: { definition }, otherUnit }: SeriesToJudge,
  difference: Difference,
  by: { readonly pValue?: number; readonly together: number; readonly method: JudgingMethod },
): SeriesComparison {
  const { baseline, current, delta, deltaPercent, sampled, scale } = difference;
  const single = baseline.count === 1 || current.count === 1;
  const finding = single
    ? judgeSingle(difference, definition)
    : judgeSampled(difference, definition, { ...by, pValue: by.pValue ?? 1 });
  const unlike = `${otherUnit} in the baseline and ${definition.unit} now cannot be compared.`;
  return {
    ...{ workload: series.workload, parameters: series.parameters, definition, baseline, current, delta, deltaPercent },
    ...(sampled === undefined || scale === 'unit'
      ? {}
      : { deltaPercentLow: sampled.low, deltaPercentHigh: sampled.high }),
    ...(sampled === undefined || by.pValue === undefined
      ? {}
      : { pValue: by.pValue, effectSize: sampled.test.effectSize }),
    ...(otherUnit === undefined ? finding : { change: 'inconclusive' as const, reason: unlike }),
  };
}
