import type { VmConfig } from '../../../core/config/vm-config.ts';
import type { Call } from '../../../core/engine.ts';
import { hasCode } from '../../../core/errors/sysmonvm-error.ts';
import { machineOfPlan } from '../../../core/measure/fingerprint-of.ts';
import type { WorkloadTarget } from '../../../core/measure/workload-operations.ts';
import type { VmSnapshot } from '../../../core/vm/vm-snapshot.ts';
import type { Dependencies } from '../../dependencies.ts';
import { createVm } from '../../vm/create-vm.ts';
import { destroyVm } from '../../vm/destroy-vm.ts';
import { connected } from '../../vm/guest-access.ts';
import { startVm } from '../../vm/start-vm.ts';
import { withVm } from '../../vm/with-vm.ts';
import { guestWorkplace } from './guest-workplace.ts';
import type { RunRecord } from './run-record.ts';
import type { Workplace } from './workplace.ts';

/** Over one connection to a VM that is there, or to one made for it. */
export async function inGuest(
  deps: Dependencies,
  call: Call,
  target: Exclude<WorkloadTarget, { kind: 'host' }>,
  record: RunRecord,
  work: (place: Workplace) => Promise<void>,
): Promise<void> {
  const inVm = (name: string): Promise<void> =>
    connected(deps, call, name, (connection) => work(guestWorkplace(deps, connection, call.signal)));
  if (target.kind === 'made') return inMadeVm(deps, call, target, record, ({ name }) => inVm(name));
  await describeVm(deps, call, record, target.name);
  return inVm(target.name);
}

/** Makes a VM, boots it, works, and removes it whatever happens. */
export async function inMadeVm<T>(
  deps: Dependencies,
  call: Call,
  { config, timeoutMs }: { readonly config: VmConfig; readonly timeoutMs?: number },
  record: RunRecord,
  work: (vm: VmSnapshot) => Promise<T>,
): Promise<T> {
  const { vm } = await createVm(deps, call, { config, ephemeral: true });
  try {
    await describeVm(deps, call, record, vm.name);
    const started = await startVm(deps, call, vm.name, {
      wait: true,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    return await work(started.vm);
  } finally {
    // Also when the command was interrupted.
    const own: Call = { ...call, signal: new AbortController().signal };
    await destroyVm(deps, own, vm.name, { dryRun: false }).catch((error: unknown) => {
      if (!hasCode(error, 'vm.not-found')) throw error;
    });
  }
}

async function describeVm(deps: Dependencies, call: Call, record: RunRecord, name: string): Promise<void> {
  const plan = await withVm(deps, call, name, 'bench run', async (session) => session.plan);
  record.describeGuest(plan.image.value.id, machineOfPlan(plan));
}
