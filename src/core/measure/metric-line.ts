/**
 * METRIC lines of a guest: the union of the forms that kernels and their logs use.
 *
 *   METRIC name=value            several on a line, each with its own METRIC or behind one
 *   METRIC name=value 1699900000000
 *   METRIC name value [timestamp in epoch ms]
 *
 * Names have letters, digits and `_ : . -`; values are decimal, with sign, fraction and exponent. What does not read
 * so is no metric and is left out.
 */
export interface MetricLine {
  readonly name: string;
  readonly value: number;
  /** As the guest printed it. */
  readonly raw: string;
  /** Of a duration, by the ending of its name. */
  readonly unit?: 'ns' | 'us' | 'ms' | 's';
  /** A duration in milliseconds. */
  readonly ms?: number;
  /** The guest's own, epoch milliseconds. */
  readonly timestampMs?: number;
}

const start = /(?:^|\s)METRIC(?:\s|$)/;
const name = /^[A-Za-z0-9_:.-]*[A-Za-z_][A-Za-z0-9_:.-]*$/;
const number = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const timestamp = /^\d{10,16}$/;
const durations = [
  { ending: /[_.:-]ns$/i, unit: 'ns', ms: 1e-6 },
  { ending: /[_.:-](?:us|usec)$/i, unit: 'us', ms: 1e-3 },
  { ending: /[_.:-](?:ms|msec)$/i, unit: 'ms', ms: 1 },
  { ending: /[_.:-](?:s|sec|seconds)$/i, unit: 's', ms: 1000 },
] as const;

export function metricsOfLine(line: string): readonly MetricLine[] {
  return readMetricLine(line)?.metrics ?? [];
}

export interface ReadMetricLine {
  readonly metrics: readonly MetricLine[];
  /** What is no metric, and why; a log is read without them, a program that was asked for metrics is told. */
  readonly problems: readonly string[];
}

/** undefined: the line has no METRIC. */
export function readMetricLine(line: string): ReadMetricLine | undefined {
  const from = line.search(start);
  if (from < 0) return undefined;
  const words = line.slice(from).trim().split(/\s+/);
  const metrics: MetricLine[] = [];
  const problems: string[] = [];
  for (let at = 0; at < words.length; ) {
    const word = words[at] ?? '';
    if (word === 'METRIC') {
      at += 1;
      if (words[at] === undefined || words[at] === 'METRIC') problems.push('nothing follows METRIC');
      continue;
    }
    const split = word.indexOf('=');
    const pair =
      split < 0 && words[at - 1] === 'METRIC' && words[at + 1] !== undefined && !words[at + 1]?.includes('=');
    const [key, raw] =
      split < 0 ? [word, pair ? words[at + 1] : undefined] : [word.slice(0, split), word.slice(split + 1)];
    at += pair ? 2 : 1;
    const problem = problemOf(key, raw);
    if (problem !== undefined || raw === undefined) {
      problems.push(problem ?? `"${key}" has no value`);
      continue;
    }
    const after = words[at] ?? '';
    if (timestamp.test(after)) at += 1;
    metrics.push(metric(key, raw, timestamp.test(after) ? Number(after) : undefined));
  }
  return { metrics, problems };
}

function problemOf(key: string, raw: string | undefined): string | undefined {
  const shown = (text: string): string => JSON.stringify(text.slice(0, 60));
  if (raw === undefined || raw === '') return `${shown(key)} has no value`;
  if (!name.test(key)) return `${shown(key)} is no name: letters, digits and _ : . - with at least one letter`;
  if (!number.test(raw)) return `the value of ${key} is ${shown(raw)}, which is no decimal number`;
  return Number.isFinite(Number(raw)) ? undefined : `the value of ${key} is ${shown(raw)}, which is too large`;
}

function metric(key: string, raw: string, timestampMs: number | undefined): MetricLine {
  const value = Number(raw);
  const duration = durations.find(({ ending }) => ending.test(key));
  return {
    name: key,
    value,
    raw,
    ...(duration === undefined ? {} : { unit: duration.unit, ms: value * duration.ms }),
    ...(timestampMs === undefined ? {} : { timestampMs }),
  };
}
