import type { PoolRecord } from '../../core/ports/pool-store.ts';
import type { VmRecord } from '../../core/ports/vm-store.ts';
import { processOf } from '../../core/vm/transition.ts';
import type { PoolMember } from '../../core/warm-operations.ts';
import type { Dependencies } from '../dependencies.ts';

export interface Member {
  readonly vm: VmRecord;
  readonly state: PoolMember['state'];
  readonly expiresAt: number;
}

/** All that a command made for the pool, what lives longest first; also what is no use any more. */
export async function membersOf(
  deps: Dependencies,
  pool: Pick<PoolRecord, 'template' | 'templateId'>,
): Promise<readonly Member[]> {
  const { vms } = await deps.store.list();
  const own = vms.filter((vm) => vm.identity.pool?.template === pool.template);
  const members = await Promise.all(own.map((vm) => memberOf(deps, pool, vm)));
  return members.toSorted((a, b) => b.expiresAt - a.expiresAt);
}

export async function memberOf(
  deps: Dependencies,
  pool: Pick<PoolRecord, 'templateId'>,
  vm: VmRecord,
): Promise<Member> {
  const expiresAt = vm.identity.pool?.expiresAt ?? 0;
  return { vm, expiresAt, state: await stateOf(deps, pool, vm, expiresAt) };
}

async function stateOf(
  deps: Dependencies,
  { templateId }: Pick<PoolRecord, 'templateId'>,
  { identity, recorded, ledger }: VmRecord,
  expiresAt: number,
): Promise<PoolMember['state']> {
  const { owner } = identity;
  if (owner) return (await deps.processes.isAlive(owner)) ? 'filling' : 'dead';
  const process = processOf(recorded.state);
  if (recorded.state.kind !== 'paused' || !process || !(await deps.processes.isAlive(process))) return 'dead';
  if (ledger.kept.template?.id !== templateId) return 'dead';
  return expiresAt <= deps.clock.now() ? 'expired' : 'ready';
}
