import type { Call, Removal } from '../../core/engine.ts';
import { hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { VmRecord } from '../../core/ports/vm-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { reconcile } from './reconcile.ts';
import { removeVm } from './remove-vm.ts';
import { VmSession } from './session.ts';

/**
 * Removes what killed commands left: half-created and half-destroyed VMs, ephemeral VMs whose owner is dead, leases
 * of nobody, rubbish. Runs at the start of every command that makes or removes something; costs a directory listing
 * when there is nothing to do.
 */
export async function recoverAbandoned(deps: Dependencies, call: Call): Promise<readonly Removal[]> {
  const removals: Removal[] = [];
  const { vms } = await deps.store.list();
  for (const vm of vms) {
    const reason = await whyAbandoned(deps, vm);
    if (!reason) continue;
    if (await reap(deps, call, vm, reason))
      removals.push({ what: `VM ${vm.identity.name}`, path: vm.directory, reason });
  }
  for (const path of await deps.store.sweepRubbish())
    removals.push({ what: 'rest of a removal', path, reason: 'a removal was interrupted' });
  if (await deps.files.exists(`${deps.store.workspace}/templates`))
    for (const path of await (await deps.templates()).sweepRubbish())
      removals.push({ what: 'rest of a template', path, reason: 'its making or removal was interrupted' });
  await (await deps.leases()).sweep();
  for (const { what, reason } of removals)
    call.report({ kind: 'notice', level: 'info', text: `removed ${what}: ${reason}` });
  return removals;
}

export async function whyAbandoned(deps: Dependencies, vm: VmRecord): Promise<string | undefined> {
  const { kind } = vm.recorded.state;
  const { owner } = vm.identity;
  // An ephemeral VM, or a member of a pool that is not complete.
  if (owner && !(await deps.processes.isAlive(owner)))
    return `the command that owned it (process ${owner.pid}) is gone`;
  if (kind !== 'preparing' && kind !== 'destroying') return undefined;
  if (await deps.store.lockHolder(vm.identity.id)) return undefined;
  return kind === 'preparing' ? 'its creation was interrupted' : 'its removal was interrupted';
}

/** False when somebody else is at work on it. */
async function reap(deps: Dependencies, call: Call, vm: VmRecord, reason: string): Promise<boolean> {
  let lock: { release(): Promise<void> };
  try {
    lock = await deps.store.lock(vm.identity.id, 'recover', deps.clock.now() + 100, call.signal);
  } catch (error) {
    if (hasCode(error, 'vm.locked')) return false;
    throw error;
  }
  try {
    const record = await deps.store.load(vm.identity.id);
    if (!record || (await whyAbandonedNow(deps, record)) === undefined) return false;
    const session = new VmSession(deps, call, record, { forRemoval: true });
    if ((await reconcile(deps, session)) === 'gone') return true;
    await session.apply({ type: 'destroy-requested' }, { data: { reason } });
    await removeVm(deps, session);
    return true;
  } finally {
    await lock.release();
  }
}

/** As above, for the holder of the lock. */
async function whyAbandonedNow(deps: Dependencies, vm: VmRecord): Promise<string | undefined> {
  const { kind } = vm.recorded.state;
  if (kind === 'preparing' || kind === 'destroying') return kind;
  return whyAbandoned(deps, vm);
}
