import type { RandomIndex } from './seeded-random.ts';

type Locate = (sorted: readonly number[]) => number;

/**
 * Percentile bootstrap (Efron 1979): the locations of each of many samples that are drawn, with replacement, from a sorted one, in the unit of the
 * values: one row for each kind.
 */
export function resampledLocations<Kinds extends readonly Locate[]>(
  sorted: readonly number[],
  resamples: number,
  random: RandomIndex,
  ...kinds: Kinds
): { readonly [Kind in keyof Kinds]: Float64Array } {
  const size = sorted.length;
  const drawn = new Uint32Array(size);
  const sample = Array.from(sorted);
  const located = kinds.map(() => new Float64Array(resamples));
  for (let round = 0; round < resamples; round += 1) {
    // Counting how often each place is drawn leaves the sample sorted, without sorting it.
    drawn.fill(0);
    for (let draw = 0; draw < size; draw += 1) {
      const place = random(size);
      drawn[place] = (drawn[place] ?? 0) + 1;
    }
    let filled = 0;
    for (let place = 0; place < size; place += 1) {
      const value = sorted[place] ?? Number.NaN;
      for (let times = drawn[place] ?? 0; times > 0; times -= 1) sample[filled++] = value;
    }
    for (const [kind, locate] of kinds.entries()) (located[kind] as Float64Array)[round] = locate(sample);
  }
  return located as { readonly [Kind in keyof Kinds]: Float64Array };
}

/** What lies between the two tails, each a share from 0 to 0.5 of the values; sorts in place. */
export function intervalOf(
  values: Float64Array,
  tail: number,
): {
  readonly low: number;
  readonly high: number;
} {
  values.sort();
  const last = values.length - 1;
  return {
    low: values[Math.floor(tail * last)] ?? Number.NaN,
    high: values[Math.ceil((1 - tail) * last)] ?? Number.NaN,
  };
}
