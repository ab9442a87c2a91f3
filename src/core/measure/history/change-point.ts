import { seededRandom } from '../statistics/seeded-random.ts';
import { ascending, medianOf } from './median-interval.ts';

/** Where one level may have become another. A hint where to look, never a verdict: a slow drift gives one too. */
export interface ChangeHint {
  /** Of the first value of the new level. */
  readonly index: number;
  readonly before: number;
  readonly after: number;
  readonly pValue: number;
}

const least = 8;
const leastSide = 3;
const permutations = 999;
const limit = 0.01;
const seed = 1;

/**
 * The split whose sides differ most in rank (Mann–Whitney, standardised), against the best splits of the same values
 * in random order. The same values give the same hint.
 */
export function changeHint(values: readonly number[]): ChangeHint | undefined {
  if (values.length < least) return undefined;
  const ranks = ranksOf(values);
  const found = bestSplit(ranks);
  const random = seededRandom(seed, 'change point');
  const order = Float64Array.from(ranks);
  let asGood = 0;
  for (let round = 0; round < permutations; round += 1) {
    shuffle(order, random);
    if (bestSplit(order).strength >= found.strength - 1e-9) asGood += 1;
  }
  const pValue = (asGood + 1) / (permutations + 1);
  const [before, after] = [values.slice(0, found.index), values.slice(found.index)].map((side) =>
    medianOf(ascending(side)),
  );
  if (pValue > limit || before === undefined || after === undefined || before === after) return undefined;
  return { index: found.index, before, after, pValue };
}

function bestSplit(ranks: Float64Array): { readonly index: number; readonly strength: number } {
  const count = ranks.length;
  let sum = 0;
  let best = { index: 0, strength: 0 };
  for (let index = 1; index <= count - leastSide; index += 1) {
    sum += ranks[index - 1] ?? 0;
    if (index < leastSide) continue;
    const expected = (index * (count + 1)) / 2;
    const spread = Math.sqrt((index * (count - index) * (count + 1)) / 12);
    const strength = Math.abs(sum - expected) / spread;
    if (strength > best.strength) best = { index, strength };
  }
  return best;
}

/** Equal values share the mean of their ranks. */
function ranksOf(values: readonly number[]): Float64Array {
  const order = [...values.keys()].sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Float64Array(values.length);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end += 1;
    for (const place of order.slice(start, end)) ranks[place] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}

function shuffle(values: Float64Array, random: (bound: number) => number): void {
  for (let last = values.length - 1; last > 0; last -= 1) {
    const other = random(last + 1);
    const kept = values[last] ?? 0;
    values[last] = values[other] ?? 0;
    values[other] = kept;
  }
}
