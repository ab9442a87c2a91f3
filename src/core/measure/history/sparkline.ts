const steps = '▁▂▃▄▅▆▇█';

export interface SparkPoint {
  readonly value?: number;
  /** Between two groups stands a bar: what is left and right of it may not be compared. */
  readonly group: string;
}

/** The newest ones, at most `most`, each group from its least to its greatest; a dot says that nothing was measured. */
export function sparkline(all: readonly SparkPoint[], most = 60): string {
  const points = all.slice(-most);
  const ends = new Map([...new Set(points.map(({ group }) => group))].map((group) => [group, endsOf(points, group)]));
  return points
    .map(({ value, group }, index) => {
      const before = points[index - 1];
      const bar = before !== undefined && before.group !== group ? '│' : '';
      const [low, high] = ends.get(group) ?? [0, 0];
      return `${bar}${value === undefined ? '·' : stepOf(value, low, high)}`;
    })
    .join('');
}

function endsOf(points: readonly SparkPoint[], group: string): readonly [number, number] {
  const known = points.flatMap((point) => (point.group === group && point.value !== undefined ? [point.value] : []));
  return [Math.min(...known), Math.max(...known)];
}

function stepOf(value: number, low: number, high: number): string {
  const share = high > low ? (value - low) / (high - low) : 0.5;
  return steps[Math.min(steps.length - 1, Math.floor(share * steps.length))] ?? '';
}
