import { readFileSync } from 'node:fs';

/**
 * Boot times in milliseconds, made, not measured: lognormal around 30 s.
 * @param {(bound: number) => number} random
 * @param {number} count
 * @param {number} spread
 */
export function madeBoots(random, count, spread) {
  const share = () => (random(2 ** 30) + 0.5) / 2 ** 30;
  const normal = () => Math.sqrt(-2 * Math.log(share())) * Math.cos(2 * Math.PI * share());
  return Array.from({ length: count }, () => Math.round(30_000 * Math.exp(spread * normal())));
}

/**
 * Totals of the boots in a result set.
 * @param {string} file
 * @returns {number[]}
 */
export function recordedBoots(file) {
  /** @type {import('../../src/core/measure/result-set.ts').ResultSet} */
  const result = JSON.parse(readFileSync(file, 'utf8'));
  const totals = result.series.find(({ workload, metric }) => workload === 'boot' && metric === 'boot_total');
  if (totals === undefined) throw new Error(`${file} has no series boot_total of the workload boot`);
  return [...totals.values];
}
