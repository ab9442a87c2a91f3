/**
 * Statistics of paired runs. Two things are measured alternately in one session; what counts is the difference or the
 * ratio inside each pair, so that a slow minute of the machine hits both sides.
 */

/** @param {readonly number[]} values */
export function median(values) {
  if (values.length === 0) throw new Error('the median of no values');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** A small seeded generator (mulberry32): the same measurements give the same interval. @param {number} seed */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Percentile bootstrap of the median.
 * @param {readonly number[]} values
 * @param {{ confidence?: number, resamples?: number, seed?: number }} [options]
 * @returns {{ low: number, high: number }}
 */
export function medianInterval(values, { confidence = 0.95, resamples = 10_000, seed = 1 } = {}) {
  const random = seededRandom(seed);
  const medians = Array.from({ length: resamples }, () =>
    median(values.map(() => values[Math.floor(random() * values.length)])),
  ).sort((a, b) => a - b);
  const tail = (1 - confidence) / 2;
  const at = (/** @type {number} */ share) => medians[Math.min(resamples - 1, Math.floor(share * resamples))];
  return { low: at(tail), high: at(1 - tail) };
}

/** @param {readonly number[]} values */
export function summary(values) {
  return { median: median(values), ...medianInterval(values) };
}

/**
 * @param {readonly number[]} ours
 * @param {readonly number[]} theirs the same number of runs, in the same order
 */
export function comparePairs(ours, theirs) {
  if (ours.length !== theirs.length) throw new Error(`${ours.length} runs against ${theirs.length} are no pairs`);
  return {
    pairs: ours.length,
    ours: median(ours),
    theirs: median(theirs),
    ratio: summary(ours.map((value, index) => value / theirs[index])),
    difference: summary(ours.map((value, index) => value - theirs[index])),
  };
}

/**
 * Runs both sides `count` times; who goes first alternates, so that neither always meets a warmer machine.
 * @template A, B
 * @param {number} count
 * @param {() => Promise<A> | A} ours
 * @param {() => Promise<B> | B} theirs
 * @param {(done: number) => void} [onPair]
 * @returns {Promise<{ ours: A[], theirs: B[] }>}
 */
export async function interleave(count, ours, theirs, onPair = () => undefined) {
  /** @type {{ ours: A[], theirs: B[] }} */
  const results = { ours: [], theirs: [] };
  for (let index = 0; index < count; index++) {
    const oursFirst = index % 2 === 0;
    if (oursFirst) results.ours.push(await ours());
    results.theirs.push(await theirs());
    if (!oursFirst) results.ours.push(await ours());
    onPair(index + 1);
  }
  return results;
}
