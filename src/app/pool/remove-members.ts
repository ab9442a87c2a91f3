import type { Call, Removal } from '../../core/engine.ts';
import { hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { PoolRecord } from '../../core/ports/pool-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { reconcile } from '../vm/reconcile.ts';
import { removeVm } from '../vm/remove-vm.ts';
import { VmSession } from '../vm/session.ts';
import { type Member, membersOf } from './members.ts';

const lockPatienceMs = 10_000;

type Pool = Pick<PoolRecord, 'template' | 'templateId'>;

/** Under the pool's lock, so that nobody claims meanwhile what is removed. `which` decides on each member. */
export async function removeMembers(
  deps: Dependencies,
  call: Call,
  pool: Pool,
  which: (member: Member, index: number) => string | undefined,
  options: { readonly dryRun: boolean } = { dryRun: false },
): Promise<readonly Removal[]> {
  const pools = await deps.pools();
  const lock = await pools.lock(pool.template, 'remove members', deps.clock.now() + lockPatienceMs, call.signal);
  try {
    const removals: Removal[] = [];
    for (const [index, member] of (await membersOf(deps, pool)).entries()) {
      const reason = which(member, index);
      if (reason === undefined) continue;
      const { identity, directory } = member.vm;
      const bytes = await deps.files.usage(directory);
      if (!options.dryRun && !(await removeMember(deps, call, identity.id))) continue;
      removals.push({ what: `member ${identity.name} of the pool`, path: directory, reason, bytes });
    }
    return removals;
  } finally {
    await lock.release();
  }
}

/** False: somebody is at work on it, or it is a member no more. */
export async function removeMember(deps: Dependencies, call: Call, id: string): Promise<boolean> {
  let lock: { release(): Promise<void> };
  try {
    lock = await deps.store.lock(id, 'remove a member', deps.clock.now() + 2_000);
  } catch (error) {
    if (hasCode(error, 'vm.locked')) return false;
    throw error;
  }
  try {
    const record = await deps.store.load(id);
    if (!record?.identity.pool) return false;
    // What was aborted is undone all the same.
    const own: Call = { ...call, signal: new AbortController().signal };
    const session = new VmSession(deps, own, record, { forRemoval: true });
    if ((await reconcile(deps, session)) === 'gone') return true;
    await session.apply({ type: 'destroy-requested' });
    await removeVm(deps, session);
    return true;
  } finally {
    await lock.release();
  }
}

/** What is no use to anybody. */
export function whyUseless({ state }: Member): string | undefined {
  if (state === 'dead') return 'it does not run as a member should, or the command that made it is gone';
  return state === 'expired' ? 'its time to live is over' : undefined;
}
