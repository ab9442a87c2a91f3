export interface Failures {
  readonly failed: number;
  readonly total: number;
}

/** Fisher's exact test (1935), one-sided, by the hypergeometric distribution; 0…1: how likely so many of all failures fall on the current side by chance. */
export function moreFailuresByChance(baseline: Failures, current: Failures): number {
  const total = baseline.total + current.total;
  const failed = baseline.failed + current.failed;
  const all = logChoose(total, current.total);
  let chance = 0;
  for (let count = current.failed; count <= Math.min(failed, current.total); count += 1) {
    chance += Math.exp(logChoose(failed, count) + logChoose(total - failed, current.total - count) - all);
  }
  return Math.min(1, chance);
}

function logChoose(from: number, choose: number): number {
  if (choose < 0 || choose > from) return Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let step = 1; step <= choose; step += 1) sum += Math.log((from - choose + step) / step);
  return sum;
}
