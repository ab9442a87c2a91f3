import { fail, SysmonvmError } from '../../../core/errors/sysmonvm-error.ts';
import type { AttemptOutcome } from '../../../core/measure/result-set.ts';
import { type Collected, collectMetrics } from '../../../core/measure/workload/collect-metrics.ts';
import { parseProgramOutput } from '../../../core/measure/workload/program-output.ts';
import type { WorkloadMetric } from '../../../core/measure/workload/workload.ts';
import type { ProgramEnd } from '../../../core/ports/program-runner.ts';
import { formatDuration } from '../../../core/units/duration.ts';

const shownLines = 10;

/** @throws workload.program-deadline, or with `code` when it did not end with 0 */
export function requireSuccess(
  what: string,
  { end, stdout, stderr }: ProgramEnd,
  timeoutMs: number,
  code: 'workload.program-failed' | 'workload.setup-failed' = 'workload.program-failed',
): void {
  const words = (stderr.trim() === '' ? stdout : stderr).trimEnd().split('\n').slice(-shownLines).join('\n');
  const said = words === '' ? ' and said nothing' : `:\n${words}`;
  if ('timedOut' in end)
    fail('workload.program-deadline', `${what} did not end within ${formatDuration(timeoutMs)}${said}`, {
      details: { timeoutMs },
    });
  if ('signal' in end) fail(code, `${what} was ended by ${end.signal}${said}`, { details: end });
  if (end.exitCode !== 0) fail(code, `${what} ended with exit code ${end.exitCode}${said}`, { details: end });
}

/** What one run of the program measured. @throws every workload.* code of a failed attempt */
export function readAttempt(metrics: readonly WorkloadMetric[], ended: ProgramEnd, timeoutMs: number): Collected {
  requireSuccess('the program', ended, timeoutMs);
  if (ended.truncated) fail('workload.output-invalid', 'the program printed more than 8 MiB to one of its outputs');
  return collectMetrics(metrics, parseProgramOutput(ended.stdout), ended.usage);
}

/** What is recorded of an attempt that failed; an error that is not one of ours is a bug and goes on. */
export function failedAttempt(error: unknown): {
  readonly outcome: AttemptOutcome;
  readonly code: string;
  readonly message: string;
} {
  if (!(error instanceof SysmonvmError)) throw error;
  return { outcome: error.kind === 'deadline' ? 'timeout' : 'failed', code: error.code, message: error.message };
}
