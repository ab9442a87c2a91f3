import type { AttemptOutcome } from '../result-set.ts';
import { bootTotal, bootWorkload, type MeasuredResult } from './measured-result.ts';
import { failInvalid, type ResultFile } from './result-file.ts';

type Values = Readonly<Record<string, unknown>>;

/**
 * The files of one number, with the field names of older tools: `boot_time.json` (`boot_duration_ms`), `summary.json`
 * (`avg_ms` over `run_count` boots) and a baseline (`avg_ms`, `note`). null is a boot without a time.
 * @throws bench.result-invalid
 */
export function readNumberForm(values: Values, file: ResultFile): MeasuredResult | undefined {
  if ('boot_duration_ms' in values) return bootTime(values, file);
  if ('avg_ms' in values) return 'run_count' in values ? summary(values, file) : average(values, file);
  return undefined;
}

function bootTime(values: Values, file: ResultFile): MeasuredResult {
  const told = milliseconds(values, 'boot_duration_ms', file);
  const outcome = outcomeOf(values, told);
  const message = typeof values['message'] === 'string' ? { message: values['message'] } : {};
  return {
    ...numberResult(values, file, outcome === 'completed' ? told : undefined),
    attempts: [{ workload: bootWorkload, parameters: {}, outcome, ...message }],
  };
}

/** A number beside another outcome is how long somebody waited, not how long a boot took. */
function outcomeOf({ outcome }: Values, told: number | undefined): AttemptOutcome {
  if (outcome === 'timeout' || outcome === 'failed') return outcome;
  return told === undefined ? 'failed' : 'completed';
}

function summary(values: Values, file: ResultFile): MeasuredResult {
  const told = milliseconds(values, 'avg_ms', file);
  const count = (field: string) => (Number.isInteger(values[field]) ? Number(values[field]) : 0);
  const completed = count('run_count');
  const outcomes = { completed, failed: count('failed_count'), timeout: count('timeout_count') };
  const attempts = (['completed', 'failed', 'timeout'] as const).flatMap((outcome) =>
    Array.from({ length: outcomes[outcome] }, () => ({ workload: bootWorkload, parameters: {}, outcome })),
  );
  const note = `${file.path}: the average of ${completed} boots, without the single times there is no spread to judge by`;
  return { ...numberResult(values, file, told), attempts, notes: [note] };
}

function average(values: Values, file: ResultFile): MeasuredResult {
  const told = milliseconds(values, 'avg_ms', file);
  const note = typeof values['note'] === 'string' ? [`${file.path}: ${values['note']}`] : [];
  return { ...numberResult(values, file, told), notes: note };
}

function milliseconds(values: Values, field: string, file: ResultFile): number | undefined {
  const value = values[field];
  if (value === null || value === undefined) return undefined;
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0)
    failInvalid(file, [{ field, message: `expected milliseconds above 0 or null, not ${JSON.stringify(value)}` }]);
  return value;
}

function numberResult(values: Values, { path }: ResultFile, told: number | undefined): MeasuredResult {
  const arch = typeof values['arch'] === 'string' ? { arch: values['arch'] } : {};
  const runId = [values['run_id'], values['runId']].find((id) => typeof id === 'string') ?? path;
  return {
    side: { schemaVersion: 1, runId: String(runId), source: path, ...arch },
    ...oneNumber(told),
  };
}

/** A boot time without anything around it. */
export function oneNumber(ms: number | undefined): Omit<MeasuredResult, 'side'> {
  const series = { workload: bootWorkload, metric: bootTotal, unit: 'ms', parameters: {} };
  return {
    form: 'number',
    attempts: [],
    series: ms === undefined ? [] : [{ ...series, values: [ms] }],
    criteria: [],
    notes: [],
  };
}
