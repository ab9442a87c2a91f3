/** Results as `bench boot` keeps them, as many as are wanted; the values wave, so that nothing has to be random. */

const fingerprint = {
  host: { cpuModel: 'bench', cpuCount: 4, memoryMib: 16_000, platform: 'linux', release: '6.8', arch: 'x86_64' },
  tools: {},
};
const metrics = ['total', 'firmware', 'kernel', 'init', 'ssh', 'cloud-init'];

/** @param {number} middle @param {number} count @param {number} shift */
const wave = (middle, count, shift) =>
  Array.from({ length: count }, (_, index) => middle * (1 + 0.03 * Math.sin((index + shift) * 2.4)));

/** @param {string} runId @param {number} at @param {number} count @param {number} shift */
function resultSet(runId, at, count, shift) {
  const time = new Date(at).toISOString();
  const attempt = { workload: 'boot', parameters: {}, outcome: 'completed', at: time };
  return {
    schemaVersion: 1,
    kind: 'boot',
    runId,
    label: 'main',
    guest: 'debian-12',
    arch: 'x86_64',
    startedAt: time,
    finishedAt: time,
    commit: `${at}`.padStart(40, '0'),
    fingerprint,
    attempts: Array.from({ length: count }, (_, iteration) => ({ ...attempt, iteration })),
    series: metrics.map((metric, index) => ({
      workload: 'boot',
      metric,
      unit: 'ms',
      parameters: {},
      values: wave(2000 * (index + 1), count, shift + index),
    })),
  };
}

/** One a day, ten boots each. @param {number} count */
export const makeResults = (count) =>
  Array.from({ length: count }, (_, day) => {
    const at = Date.parse('2024-01-01T00:00:00Z') + day * 86_400_000;
    return resultSet(`main-${String(day).padStart(6, '0')}`, at, 10, day * 0.7);
  });

/** @param {readonly number[]} values */
function summary(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (/** @type {number} */ share) => sorted[Math.floor((sorted.length - 1) * share)];
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const middle = {
    median: at(0.5),
    center: at(0.5),
    mad: at(0.75) - at(0.5),
    p90: at(0.9),
    low: at(0.45),
    high: at(0.55),
  };
  return { count: values.length, min: at(0), max: at(1), mean, ...middle };
}

/** Two sets of `count` repetitions, and the comparison of them. @param {number} count */
export function makeComparison(count) {
  const [baseline, current] = ['baseline', 'current'].map((name, side) => resultSet(name, 1e12, count, side * 3));
  const side = (/** @type {ReturnType<typeof resultSet>} */ { attempts: _attempts, series: _series, ...facts }) => ({
    ...facts,
    source: `${facts.runId}.json`,
  });
  const definition = { unit: 'ms', better: 'lower', floor: 100, tolerancePercent: 5, reason: 'bench' };
  const attempts = { completed: count, failed: 0, timeout: 0 };
  const comparison = {
    schemaVersion: 1,
    baseline: side(baseline),
    current: side(current),
    incomparable: [],
    notes: [],
    series: baseline.series.map(({ metric, values }, index) => ({
      workload: 'boot',
      parameters: {},
      definition: { ...definition, metric },
      baseline: summary(values),
      current: summary(current.series[index].values),
      delta: 0,
      deltaPercent: 0,
      deltaPercentLow: -1,
      deltaPercentHigh: 1,
      pValue: 1,
      effectSize: 0,
      change: 'unchanged',
      reason: 'The difference is within the limit.',
    })),
    missing: [],
    criteria: [],
    attempts: { baseline: attempts, current: attempts },
    method: { confidence: 0.95, alpha: 0.005, resamples: 10_000, seed: 1, power: 0.95 },
    verdict: 'passed',
    reasons: ['Nothing regressed.'],
  };
  return { comparison, baseline, current };
}
