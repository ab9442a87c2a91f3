import type { BootstrapStep } from '../../core/bootstrap/steps.ts';
import { hasCode, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import { quoteWords } from '../../core/ssh/shell-quoting.ts';
import type { StepEnd } from './run-step.ts';

const deadlineDetail = 'the deadline passed';

/** A step that took too long has failed; whatever else is thrown (an interruption, a lost connection) is thrown on. */
export function deadlineFailure(error: unknown, step: BootstrapStep): StepEnd {
  if (!hasCode(error, 'guest.command-deadline')) throw error;
  return { outcome: 'failed', detail: `${deadlineDetail}: ${step.minutes} minutes` };
}

export function stepFailure(vm: string, step: BootstrapStep, { detail, failed }: StepEnd): SysmonvmError {
  const lines = failed?.lines ?? [];
  const evidence = lines.length === 0 ? '' : `\n${lines.map((line) => `  ${line}`).join('\n')}`;
  return new SysmonvmError(
    failed === undefined ? 'bootstrap.step-deadline' : 'bootstrap.step-failed',
    `step ${step.name} (${step.title}) failed in VM ${vm}: ${detail}${evidence}`,
    {
      details: { vm, step: step.name, ...(failed ? { part: failed.part, lines } : { minutes: step.minutes }) },
      next: [
        `sysmonvm vm-bootstrap ${quoteWords([vm])}`,
        `sysmonvm vm-bootstrap ${quoteWords([vm])} --only ${step.name}`,
        `sysmonvm ssh ${quoteWords([vm])}`,
      ],
    },
  );
}
