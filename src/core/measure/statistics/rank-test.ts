import { midranks } from './midranks.ts';
import type { RandomIndex } from './seeded-random.ts';

export interface RankTest {
  /** 0…1, two-sided: how often chance alone, dealing the same values to two sides, sets them at least as far apart. */
  readonly pValue: number;
  /** Cliff's delta (1993), −1…1: share of pairs in which the second side is greater, minus the share in which it is less. */
  readonly effectSize: number;
}

/** Wilcoxon's rank sum (1945) with midranks for ties; its distribution by a seeded permutation of them, not by formula. */
export function rankTest(
  first: readonly number[],
  second: readonly number[],
  resamples: number,
  random: RandomIndex,
): RankTest {
  const ranks = midranks([...first, ...second]);
  const total = ranks.length;
  const ofSecond = sumOf(ranks.subarray(first.length));
  const pairsWon = ofSecond - (second.length * (second.length + 1)) / 2;
  const effectSize = (2 * pairsWon) / (first.length * second.length) - 1;

  // Dealing out the smaller side settles the other one.
  const dealt = Math.min(first.length, second.length);
  const expected = (dealt * (total + 1)) / 2;
  const seen = Math.abs(ofSecond - (second.length * (total + 1)) / 2);
  const deck = Float64Array.from(ranks).sort();
  let asFar = 0;
  for (let round = 0; round < resamples; round += 1) {
    let sum = 0;
    for (let place = 0; place < dealt; place += 1) {
      const other = place + random(total - place);
      const rank = deck[other] ?? Number.NaN;
      deck[other] = deck[place] ?? Number.NaN;
      deck[place] = rank;
      sum += rank;
    }
    // Ranks are halves: the sums are exact.
    if (Math.abs(sum - expected) >= seen) asFar += 1;
  }
  return { pValue: (asFar + 1) / (resamples + 1), effectSize };
}

const sumOf = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
