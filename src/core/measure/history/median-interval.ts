/** Values in order, smallest first. */
export const ascending = (values: readonly number[]): readonly number[] => [...values].sort((a, b) => a - b);

/** undefined of nothing. */
export function medianOf(sorted: readonly number[]): number | undefined {
  const middle = sorted.length / 2;
  const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
  return low === undefined || high === undefined ? undefined : (low + high) / 2;
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Between two of the values themselves, exact whatever they are drawn from: the k-th smallest lies above the median as
 * often as fewer than k of n fair coins show heads. Below six values no two of them bound it with 95 %.
 */
export function medianInterval(sorted: readonly number[], confidence = 0.95): Interval | undefined {
  const count = sorted.length;
  let tail = 0;
  let outside = 0;
  let logChance = -count * Math.LN2;
  for (let below = 0; below < count / 2; below += 1) {
    tail += Math.exp(logChance);
    if (tail > (1 - confidence) / 2) break;
    outside = below + 1;
    logChance += Math.log((count - below) / (below + 1));
  }
  const [low, high] = [sorted[outside - 1], sorted[count - outside]];
  return outside === 0 || low === undefined || high === undefined ? undefined : { low, high };
}
