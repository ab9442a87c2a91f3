import { errorFunction, probit } from 'simple-statistics';

/** Of Student's distribution, from the normal one (Cornish and Fisher); exact enough from four degrees of freedom. */
function studentQuantile(share: number, freedom: number): number {
  const z = probit(share);
  const first = (z ** 3 + z) / 4;
  const second = (5 * z ** 5 + 16 * z ** 3 + 3 * z) / 96;
  return z + first / freedom + second / freedom ** 2;
}

/**
 * Half the length of an interval, in standard errors as a bootstrap sees them: resamples of a small sample spread less
 * than the sample's own world does (Hesterberg 2015, expanded percentile interval).
 */
export function intervalReach(confidence: number, sizes: readonly number[]): number {
  const smallest = Math.min(...sizes);
  const freedom = sizes.reduce((sum, size) => sum + size - 1, 0);
  return studentQuantile((1 + confidence) / 2, freedom) * Math.sqrt(smallest / (smallest - 1));
}

/** Share of the resamples to leave out at each end. */
export function intervalTail(confidence: number, ...sizes: readonly number[]): number {
  return (1 - errorFunction(intervalReach(confidence, sizes) / Math.SQRT2)) / 2;
}
