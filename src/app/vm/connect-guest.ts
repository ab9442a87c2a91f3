import { hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { GuestConnection, SshTarget } from '../../core/ports/guest-shell.ts';
import type { ProcessIdentity } from '../../core/ports/process-runner.ts';
import type { Dependencies } from '../dependencies.ts';

const connectMs = 60_000;
const connectAttempts = 5;

/**
 * An SSH server that is busy with others (it bounds those who have not logged in yet) hangs up on a newcomer. Nothing
 * was asked of the guest until then, so it is tried again, a few times, as long as there is a guest.
 */
export async function connectGuest(
  deps: Pick<Dependencies, 'shell' | 'processes' | 'clock'>,
  signal: AbortSignal,
  { target, process }: { readonly target: SshTarget; readonly process: ProcessIdentity | undefined },
): Promise<GuestConnection> {
  const shell = await deps.shell();
  for (let attempt = 1; ; attempt++) {
    try {
      return await shell.connect(target, { at: deps.clock.now() + connectMs, signal, attempts: [] });
    } catch (error) {
      if (!hasCode(error, 'ssh.connection-lost') || attempt === connectAttempts) throw error;
      if (process && !(await deps.processes.isAlive(process))) throw error;
      await deps.clock.sleep(attempt * 200, signal);
    }
  }
}
