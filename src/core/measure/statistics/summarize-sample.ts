import { mean, medianAbsoluteDeviation, quantileSorted, sampleStandardDeviation } from 'simple-statistics';
import type { SampleSummary } from '../comparison.ts';
import { intervalOf, resampledLocations } from './bootstrap.ts';
import { intervalTail } from './interval-tail.ts';
import { type JudgingMethod, leastForInterval } from './judging-method.ts';
import { seededRandom } from './seeded-random.ts';
import { sortedValues } from './sorted-values.ts';
import { trimmedMean } from './trimmed-mean.ts';

export interface ResampledSample {
  readonly summary: SampleSummary;
  /** Of samples drawn from this one; absent when it is too small to say how it spreads. */
  readonly centers?: Float64Array;
}

type Method = Pick<JudgingMethod, 'confidence' | 'resamples' | 'seed'>;

/** All in the unit of the values. undefined of no values: there is nothing to say, and zeros would be a lie. */
export const summarizeSample = (values: readonly number[], method: Method): SampleSummary | undefined =>
  resampleSample(values, method, 'sample')?.summary;

/** `stream`: two samples that are compared must not be resampled with the same random numbers. */
export function resampleSample(
  values: readonly number[],
  { confidence, resamples, seed }: Method,
  stream: string,
): ResampledSample | undefined {
  const sorted = [...sortedValues(values)];
  const [min, max] = [sorted[0], sorted.at(-1)];
  if (min === undefined || max === undefined) return undefined;
  const summary = {
    ...{ count: sorted.length, min, max, mean: mean(sorted), median: median(sorted), center: trimmedMean(sorted) },
    ...(sorted.length < 2 ? {} : { stdev: sampleStandardDeviation(sorted) }),
    mad: medianAbsoluteDeviation(sorted),
    p90: quantileSorted(sorted, 0.9),
  };
  if (sorted.length < leastForInterval) return { summary };
  const random = seededRandom(seed, stream);
  const [medians, centers] = resampledLocations(sorted, resamples, random, median, trimmedMean);
  return { summary: { ...summary, ...intervalOf(medians, intervalTail(confidence, sorted.length)) }, centers };
}

function median(sorted: readonly number[]): number {
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
