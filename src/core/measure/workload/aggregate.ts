const fixed = ['average', 'median', 'min', 'max', 'sum', 'stdev'] as const;
export type Aggregator = (typeof fixed)[number] | `percentile_${number}`;

const percentileName = /^percentile_(\d{1,2}(?:\.\d{1,4})?)$/;

export const aggregatorNames = `${fixed.join(', ')}, percentile_NN (percentile_99, percentile_99.9)`;

export function isAggregator(name: string): name is Aggregator {
  return fixed.some((known) => known === name) || percentileOf(name) !== undefined;
}

/** Above 0 and below 100. */
function percentileOf(name: string): number | undefined {
  const percent = Number(percentileName.exec(name)?.[1]);
  return percent > 0 ? percent : undefined;
}

/** How many values an aggregator needs before it says anything. */
export function leastValues(aggregator: Aggregator): number {
  return aggregator === 'stdev' ? 2 : 1;
}

/** One value of many. Percentiles are nearest-rank: a value that was observed, never one between two. */
export function aggregate(aggregator: Aggregator, values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const count = sorted.length;
  const at = (rank: number): number => sorted[Math.min(count, Math.max(1, rank)) - 1] ?? Number.NaN;
  const percent = percentileOf(aggregator);
  // The product of two decimal numbers may lie just above the whole number that it is: 99.9 % of 1000 is 999.
  if (percent !== undefined) return at(Math.ceil(Number(((percent / 100) * count).toFixed(6))));
  const sum = sorted.reduce((total, value) => total + value, 0);
  switch (aggregator) {
    case 'min':
      return at(1);
    case 'max':
      return at(count);
    case 'sum':
      return sum;
    case 'median':
      return count % 2 === 1 ? at((count + 1) / 2) : (at(count / 2) + at(count / 2 + 1)) / 2;
    case 'stdev':
      return deviation(sorted, sum / count);
    default:
      return sum / count;
  }
}

/** Of the sample (n − 1). */
function deviation(values: readonly number[], mean: number): number {
  return Math.sqrt(values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1));
}
