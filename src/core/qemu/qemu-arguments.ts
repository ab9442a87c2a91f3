import type { VmPlan } from '../plan/vm-plan.ts';
import type { KeptResources, RunningResources } from '../resources/ledger.ts';
import { agentArguments } from './agent.ts';
import { consoleArguments } from './console.ts';
import { controlArguments } from './control.ts';
import { diskArguments } from './disk.ts';
import { bootArguments } from './firmware.ts';
import { guestSupportArguments } from './guest-support.ts';
import { machineArguments } from './machine.ts';
import { networkArguments } from './network.ts';
import { seedArguments } from './seed.ts';

export interface RunOfVm extends Pick<RunningResources, 'ports' | 'sockets' | 'memory'> {
  readonly logDirectory: string;
  /** The machine waits, paused, for a state that is loaded by QMP. */
  readonly incoming?: boolean;
  /** The machine stands still until it is told to go on. */
  readonly still?: boolean;
}

/**
 * QEMU's argument list. Everything the machine has is named here: `-nodefaults` leaves nothing to QEMU's own ideas,
 * `-no-user-config` nothing to files of the host. The order of devices is the order of their PCI addresses and must
 * not change for a VM that exists, or the guest's device names move.
 */
export function qemuArguments(plan: VmPlan, kept: KeptResources, run: RunOfVm): string[] {
  return [
    '-name',
    plan.name,
    '-nodefaults',
    '-no-user-config',
    ...machineArguments(plan, run.memory),
    ...bootArguments(plan, kept),
    ...diskArguments(plan, kept),
    ...seedArguments(kept),
    ...networkArguments(plan, kept, run.ports),
    ...guestSupportArguments(),
    ...agentArguments(run.sockets),
    ...consoleArguments(run.sockets, run.logDirectory),
    ...controlArguments(run.sockets),
    ...(run.incoming ? ['-incoming', 'defer'] : []),
    ...(run.incoming || run.still ? ['-S'] : []),
  ];
}
