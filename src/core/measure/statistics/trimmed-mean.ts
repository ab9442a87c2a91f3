/**
 * Mean of the middle 60 % of sorted values (trimmed mean, Tukey), in their unit: what comparisons call the center of a sample. A mean follows every outlier; a median jumps
 * between the humps of a sample that has two, as boots do when a guest waits for a timer once and then again not.
 */
const cutShare = 0.2;

const cutOf = (sorted: ArrayLike<number>): number => Math.floor(sorted.length * cutShare);

export function trimmedMean(sorted: ArrayLike<number>): number {
  const cut = cutOf(sorted);
  let sum = 0;
  for (let index = cut; index < sorted.length - cut; index += 1) sum += sorted[index] ?? Number.NaN;
  return sum / (sorted.length - 2 * cut);
}

/** By the winsorized variance, in the unit of the values. Divided by the root of n it is the standard error of the trimmed mean of n values (Tukey and McLaughlin, 1963). */
export function trimmedSpread(sorted: ArrayLike<number>): number {
  const cut = cutOf(sorted);
  const size = sorted.length;
  // What is cut off counts as the outermost value that is kept.
  const kept = (index: number): number => sorted[Math.min(size - 1 - cut, Math.max(cut, index))] ?? Number.NaN;
  let sum = 0;
  for (let index = 0; index < size; index += 1) sum += kept(index);
  let squares = 0;
  for (let index = 0; index < size; index += 1) squares += (kept(index) - sum / size) ** 2;
  return Math.sqrt(squares / Math.max(1, size - 1)) / (1 - (2 * cut) / size);
}
