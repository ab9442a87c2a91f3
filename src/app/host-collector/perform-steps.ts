import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { HostServices, HostSituation } from '../../core/host-collector/host-services.ts';
import { describeStep, type HostStep } from '../../core/host-collector/steps.ts';
import type { Call } from '../../core/operation.ts';
import { quoteWords } from '../../core/ssh/shell-quoting.ts';

export async function performSteps(host: HostServices, steps: readonly HostStep[], call: Call): Promise<void> {
  for (const step of steps) {
    const shown = describeStep(step);
    call.report({ kind: 'step', step: shown, state: 'running' });
    await host.perform(step, call.signal);
    call.report({ kind: 'step', step: shown, state: 'done' });
  }
}

/** Before anything is changed. We never call sudo: without a terminal its question would wait for ever. */
export function requireRoot({ isRoot, os }: HostSituation, command: readonly string[]): void {
  if (isRoot) return;
  const why = os === 'darwin' ? 'a launchd daemon' : 'a systemd service';
  fail('collector.root-needed', `the host collector is ${why}, which only root may change; nothing was changed`, {
    next: [quoteWords(['sudo', ...command]), quoteWords([...command, '--dry-run'])],
  });
}

export function requireSystemd({ withoutServiceManager: instead }: HostSituation): void {
  if (instead === undefined) return;
  fail('collector.no-service-manager', `systemd does not run here (${instead}); nothing was changed`, {
    details: { instead },
    next: ['sysmonvm host-install --dry-run', 'sysmonvm host-package'],
  });
}
