import type { Call } from '../../core/engine.ts';
import type { Dependencies } from '../dependencies.ts';
import { awaitReady } from '../vm/await-ready.ts';
import { admitted, withVm } from '../vm/with-vm.ts';

export interface AgentTarget {
  readonly socketPath: string;
  /** The guest's login user. */
  readonly user: string;
  /** undefined: no network by which SSH could reach it. */
  readonly sshPort: number | undefined;
}

/** Waits for ready when the VM is still booting. */
export async function agentTarget(deps: Dependencies, call: Call, name: string): Promise<AgentTarget> {
  const known = await withVm(deps, call, name, 'agent', async (session) => {
    admitted(session, 'exec');
    const { running } = session.ledger;
    if (!running) throw new Error('a VM that runs has running resources');
    return {
      socketPath: running.sockets.agent,
      user: session.plan.guest.user,
      sshPort: running.ports.find((lease) => lease.purpose === 'ssh')?.host,
      ready: session.state.kind === 'ready',
    };
  });
  if (!known.ready) await awaitReady(deps, call, name, { starter: false });
  return known;
}
