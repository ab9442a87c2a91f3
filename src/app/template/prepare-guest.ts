import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { KeptResources, RunningResources } from '../../core/resources/ledger.ts';
import type { FrozenGuest } from '../../core/template/template.ts';
import type { Dependencies } from '../dependencies.ts';

export interface GuestToFreeze {
  readonly plan: VmPlan;
  readonly kept: KeptResources;
  readonly sshPort: number | undefined;
  readonly sockets: RunningResources['sockets'];
}

export interface PreparedGuest {
  readonly guest: FrozenGuest;
  /** Lets go of the sockets that the guest must find connected when it wakes in a fork: after its state was saved. */
  close(): void;
}

/**
 * Makes a running guest ready to be frozen: its renewal program waits for a word, nothing else is going on, and what
 * a fork's first commands need lies in memory. @throws template.not-freezable
 */
export async function prepareGuest(
  _deps: Dependencies,
  _call: Call,
  { plan, sshPort, sockets }: GuestToFreeze,
): Promise<PreparedGuest> {
  if (plan.network.value !== 'user' || sshPort === undefined || sockets.renewal === undefined) {
    fail('template.not-freezable', `VM ${plan.name} cannot be frozen: it was started by an older version`);
  }
  throw new Error('to be written');
}
