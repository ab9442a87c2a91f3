export interface Interval {
  readonly low: number;
  readonly high: number;
}
export interface Summary extends Interval {
  readonly median: number;
}
export function median(values: readonly number[]): number;
export function seededRandom(seed: number): () => number;
export function medianInterval(
  values: readonly number[],
  options?: { readonly confidence?: number; readonly resamples?: number; readonly seed?: number },
): Interval;
export function summary(values: readonly number[]): Summary;
export function comparePairs(
  ours: readonly number[],
  theirs: readonly number[],
): {
  readonly pairs: number;
  readonly ours: number;
  readonly theirs: number;
  readonly ratio: Summary;
  readonly difference: Summary;
};
export function interleave<A, B>(
  count: number,
  ours: () => Promise<A> | A,
  theirs: () => Promise<B> | B,
  onPair?: (done: number) => void,
): Promise<{ ours: A[]; theirs: B[] }>;
