import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';

/** @throws host.tool-missing */
export async function requireTaskset(runner: Pick<ProcessRunner, 'which'>): Promise<void> {
  if ((await runner.which('taskset')) !== undefined) return;
  fail('host.tool-missing', 'taskset is not installed; it pins QEMU to CPUs.', {
    details: { tool: 'taskset' },
    next: ['sudo apt-get install util-linux'],
  });
}
