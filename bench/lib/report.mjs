/** @typedef {import('./pairs.mjs').Summary} Summary */

/** @param {readonly (readonly string[])[]} rows the first one is the head */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  const line = (/** @type {readonly string[]} */ row) =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column]) : cell.padStart(widths[column]))).join('  ');
  return [line(rows[0]), widths.map((width) => '-'.repeat(width)).join('  '), ...rows.slice(1).map(line)].join('\n');
}

/** @param {number} value */
export const seconds = (value) => `${value.toFixed(2)} s`;
/** @param {number} value in seconds */
export const milliseconds = (value) => `${(value * 1000).toFixed(1)} ms`;
/** @param {number} value */
export const times = (value) => `${value.toFixed(2)} x`;

/** @param {Summary} summary @param {(value: number) => string} show */
export const withInterval = ({ median, low, high }, show) => `${show(median)} [${show(low)}, ${show(high)}]`;

/**
 * Prints the verdict on a target and gives it back.
 * @param {string} what
 * @param {number} value
 * @param {number} limit
 * @param {(value: number) => string} show
 */
export function target(what, value, limit, show) {
  const met = value <= limit;
  console.log(`target ${what}: ${show(value)}, at most ${show(limit)}: ${met ? 'met' : 'missed'}`);
  return met;
}

/** As `target`, for what shall be large. @param {string} what @param {number} value @param {number} limit @param {(value: number) => string} show */
export function targetAtLeast(what, value, limit, show) {
  const met = value >= limit;
  console.log(`target ${what}: ${show(value)}, at least ${show(limit)}: ${met ? 'met' : 'missed'}`);
  return met;
}
