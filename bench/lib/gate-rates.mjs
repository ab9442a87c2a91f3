/**
 * How often the gate is right. Samples are drawn, with replacement, from boots that are known, at the size that the
 * gate asks for; one side of every second trial is made slower.
 */

/** @typedef {import('./gate-rates.mjs').Judge} Judge */

/** @param {readonly number[]} values */
function centerOf(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const cut = Math.floor(sorted.length / 5);
  const kept = sorted.slice(cut, sorted.length - cut);
  return kept.reduce((sum, value) => sum + value, 0) / kept.length;
}

/** @param {readonly number[]} values */
const asResult = (values) => ({
  side: { schemaVersion: /** @type {const} */ (1), runId: 'trial', source: 'trial' },
  form: /** @type {const} */ ('set'),
  attempts: [],
  criteria: [],
  notes: [],
  series: [{ workload: 'boot', metric: 'boot_total', unit: 'ms', parameters: {}, values }],
});

/**
 * @param {Judge} judge
 * @param {readonly number[]} boots
 * @param {{ trials: number, seed: number, shiftPercent?: number, tolerancePercent?: number, size?: number }} options
 */
export function gateRates(judge, boots, { trials, seed, shiftPercent = 10, tolerancePercent = 5, size: wanted }) {
  const center = centerOf(boots);
  const wishes = { tolerancePercent, tolerancePercentOf: {}, betterOf: {}, accept: [] };
  const { method } = judge.compareResults(asResult(boots), asResult(boots), { ...wishes, seed });
  const residuals = boots.map((value) => (value / center - 1) * 100);
  const size =
    wanted ?? judge.repetitionsNeeded({ residuals, shift: shiftPercent, limit: tolerancePercent, together: 1, method });
  if (size === undefined) throw new Error('no number of boots would find the shift');
  const random = judge.seededRandom(seed, 'trials');
  const draw = (/** @type {number} */ factor) =>
    asResult(Array.from({ length: size }, () => (boots[random(boots.length)] ?? 0) * factor));
  const count = (/** @type {number} */ factor) => {
    const verdicts = { passed: 0, regressed: 0, inconclusive: 0 };
    for (let trial = 0; trial < trials; trial += 1) {
      const { verdict } = judge.compareResults(draw(1), draw(factor), { ...wishes, seed: seed + trial });
      verdicts[verdict] += 1;
    }
    return verdicts;
  };
  return { size, same: count(1), slower: count(1 + shiftPercent / 100) };
}
