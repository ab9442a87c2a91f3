import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { probeScript } from '../../core/probe/probe-script.ts';
import { type Probe, readProbe } from '../../core/probe/read-probe.ts';
import type { Dependencies } from '../dependencies.ts';
import { rootBySsh } from '../guest-agent/guest-root.ts';
import { connected, sshTarget } from '../vm/guest-access.ts';

const longestMs = 600_000;

/** Starts a container in every runtime that answers, unless told otherwise, and leaves none. */
export async function probeVm(
  deps: Dependencies,
  call: Call,
  name: string,
  options: { readonly containers: boolean },
): Promise<Probe> {
  const { user } = await sshTarget(deps, call, name, { waitReady: true });
  return connected(deps, call, name, async (connection) => {
    const deadline = { at: deps.clock.now() + longestMs, signal: call.signal, attempts: [] };
    const root = await rootBySsh(connection, user, deadline);
    if (root === undefined)
      return fail('guest.command-failed', `The user of VM ${name} may not become root without a password.`, {
        next: [`sysmonvm ssh ${name} -- sudo -v`],
      });
    return readProbe(await root.run(probeScript, options.containers ? ['containers'] : []));
  });
}
