import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { ProcessIdentity } from '../../core/ports/process-runner.ts';
import type { Dependencies } from '../dependencies.ts';

const terminateMs = 3_000;
const killMs = 5_000;

/** Ends a process of ours: TERM, then KILL; each time the identity is compared first. */
export async function endProcess(
  deps: Pick<Dependencies, 'processes' | 'clock'>,
  identity: ProcessIdentity,
): Promise<void> {
  for (const [signal, patience] of [
    ['SIGTERM', terminateMs],
    ['SIGKILL', killMs],
  ] as const) {
    if ((await deps.processes.kill(identity, signal)) === 'gone') return;
    if (await waitForEnd(deps, identity, patience)) return;
  }
  fail('guest.stop-deadline', `process ${identity.pid} did not end after SIGKILL`, { details: { pid: identity.pid } });
}

export async function waitForEnd(
  deps: Pick<Dependencies, 'processes' | 'clock'>,
  identity: ProcessIdentity,
  ms: number,
  signal?: AbortSignal,
): Promise<boolean> {
  const end = deps.clock.now() + ms;
  while (await deps.processes.isAlive(identity)) {
    if (deps.clock.now() >= end) return false;
    await deps.clock.sleep(15, signal);
  }
  return true;
}
