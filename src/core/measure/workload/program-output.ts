import { z } from 'zod';
import { fail } from '../../errors/sysmonvm-error.ts';
import { readMetricLine } from '../metric-line.ts';

/**
 * What a program says of itself on standard output: `{"metrics":[{"name","value","unit"}…]}`, the bare array, or one
 * object a line. `values` gives many values of one metric at once. A line may instead be a METRIC line, whose metrics have
 * the unit that their name ends with, or that of the workload. Anything else on standard output makes the output
 * invalid: words for people belong to standard error.
 */
export interface ReportedMetric {
  readonly name: string;
  /** Absent: a METRIC line whose name does not end with one. */
  readonly unit?: string;
  readonly values: readonly number[];
}

const shownLength = 120;

const finite = z.number({ error: ({ input }) => `is ${describe(input)}; it must be a finite number` });
const entry = z
  .strictObject({
    name: z.string().min(1),
    unit: z.string().min(1),
    value: finite.optional(),
    values: z.array(finite).min(1).optional(),
  })
  .refine(({ value, values }) => (value === undefined) !== (values === undefined), {
    error: 'must have either "value" or "values"',
  });

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  return JSON.stringify(value).slice(0, shownLength);
}

function invalid(message: string): never {
  return fail('workload.output-invalid', `the output of the program is not usable: ${message}`, {
    details: { reason: message },
  });
}

/** @throws workload.output-invalid naming the line or the entry */
export function parseProgramOutput(text: string): readonly ReportedMetric[] {
  if (text.trim() === '')
    invalid('it printed nothing on standard output; metrics are expected there as JSON or METRIC lines');
  const entries = [...wholeDocument(text)];
  if (entries.length === 0) invalid('it names no metric');
  return entries;
}

function* wholeDocument(text: string): Iterable<ReportedMetric> {
  const whole = tryJson(text);
  if (whole.ok) return yield* entriesOf(whole.value, '');
  const lines = text.split('\n').map((line) => line.trim());
  // A document over several lines that is broken is told as such, not as many broken lines.
  if (/^[[{]\s*$/.test(lines.find((line) => line !== '') ?? '')) invalid(`it is not JSON: ${whole.why}`);
  for (const [index, line] of lines.entries()) {
    if (line === '') continue;
    const place = `line ${index + 1}: `;
    const told = readMetricLine(line);
    if (told !== undefined) {
      if (told.problems[0] !== undefined) invalid(`${place}METRIC: ${told.problems.join('; ')}`);
      yield* told.metrics.map(({ name, value, unit }) => ({ name, values: [value], ...(unit ? { unit } : {}) }));
      continue;
    }
    const parsed = tryJson(line);
    if (!parsed.ok) invalid(`${place}neither a METRIC line nor JSON (${parsed.why}): ${line.slice(0, shownLength)}`);
    yield* entriesOf(parsed.value, place);
  }
}

function tryJson(text: string): { readonly ok: true; readonly value: unknown } | { readonly ok: false; why: string } {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    // NaN and Infinity, which other languages print into JSON.
    const named = /(?<![\w"])(-?(?:NaN|Infinity|nan|inf))(?![\w"])/.exec(text)?.[1];
    const why =
      named === undefined ? (error instanceof Error ? error.message : String(error)) : `${named} is no number`;
    return { ok: false, why };
  }
}

function* entriesOf(value: unknown, place: string): Iterable<ReportedMetric> {
  const list = Array.isArray(value) ? value : isMetrics(value) ? value.metrics : [value];
  for (const [index, item] of list.entries()) {
    const parsed = entry.safeParse(item);
    if (!parsed.success) {
      const where = list.length > 1 ? `${place}metric ${index + 1}` : place.replace(/: $/, '') || 'the metric';
      const issue = parsed.error.issues[0];
      const path = issue?.path.join('.') ?? '';
      const field = path === '' ? '' : ` "${path}"`;
      invalid(`${where}${named(item)}:${field} ${issue?.message ?? 'is not a metric'}`);
    }
    const { name, unit, value: one, values } = parsed.data;
    yield { name, unit, values: values ?? (one === undefined ? [] : [one]) };
  }
}

function isMetrics(value: unknown): value is { readonly metrics: readonly unknown[] } {
  return typeof value === 'object' && value !== null && 'metrics' in value && Array.isArray(value.metrics);
}

function named(item: unknown): string {
  return typeof item === 'object' && item !== null && 'name' in item ? ` (${describe(item.name)})` : '';
}
