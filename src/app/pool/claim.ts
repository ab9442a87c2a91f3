import type { Answer, Call } from '../../core/engine.ts';
import { hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { PoolRecord } from '../../core/ports/pool-store.ts';
import type { VmIdentity } from '../../core/ports/vm-store.ts';
import type { ForkOptions, ForkOverrides } from '../../core/warm-operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { removeVm } from '../vm/remove-vm.ts';
import { requireName } from '../vm/require-name.ts';
import { VmSession } from '../vm/session.ts';
import { snapshotOf } from '../vm/snapshot.ts';
import { memberOf, membersOf } from './members.ts';
import { ensureFilled, requirePool } from './pool-facts.ts';
import { wakeMember } from './wake-member.ts';

const lockPatienceMs = 20_000;
/** The first moments belong to the claimed guest. */
const refillAfterSeconds = 1;

interface Taken {
  readonly session: VmSession;
  readonly lock: { release(): Promise<void> };
}

/**
 * A member becomes a VM with a name, ports and owner of its own. Members are taken under the pool's lock, so two claims
 * never get the same one; from then on it is an ordinary VM whose lock is held. One that does not wake is removed, and
 * the next one is taken. undefined: none is ready.
 */
export async function claimMember(
  deps: Dependencies,
  call: Call,
  template: string,
  overrides: ForkOverrides,
  options: ForkOptions,
): Promise<Answer | undefined> {
  requireName(overrides.name, 'VM');
  const pool = await requirePool(deps, template);
  try {
    for (;;) {
      const taken = await take(deps, call, pool, overrides);
      if (!taken) return undefined;
      const answer = await wake(deps, call, taken, overrides, options);
      if (answer) return answer;
    }
  } finally {
    await ensureFilled(deps, pool, refillAfterSeconds);
  }
}

async function take(
  deps: Dependencies,
  call: Call,
  pool: PoolRecord,
  overrides: ForkOverrides,
): Promise<Taken | undefined> {
  const pools = await deps.pools();
  const poolLock = await pools.lock(pool.template, 'claim', deps.clock.now() + lockPatienceMs, call.signal);
  try {
    for (const { vm, state } of (await membersOf(deps, pool)).toReversed()) {
      if (state !== 'ready') continue;
      const lock = await deps.store.lock(vm.identity.id, 'claim', deps.clock.now() + 100).catch((error: unknown) => {
        if (hasCode(error, 'vm.locked')) return undefined;
        throw error;
      });
      if (!lock) continue;
      try {
        const record = await deps.store.load(vm.identity.id);
        if (record?.identity.pool && (await memberOf(deps, pool, record)).state === 'ready') {
          const identity = await identityOf(deps, record.identity, overrides);
          await deps.store.reidentify(identity);
          return { session: new VmSession(deps, call, { ...record, identity }), lock };
        }
      } catch (error) {
        await lock.release();
        throw error;
      }
      await lock.release();
    }
    return undefined;
  } finally {
    await poolLock.release();
  }
}

/** Its age counts from the claim. */
async function identityOf(
  deps: Dependencies,
  { pool: _, owner: __, ...member }: VmIdentity,
  { name, ephemeral = false }: ForkOverrides,
): Promise<VmIdentity> {
  const owner = ephemeral ? await deps.processes.identify(deps.ownPid) : undefined;
  return { ...member, name, ephemeral, createdAt: deps.clock.now(), ...(owner ? { owner } : {}) };
}

async function wake(
  deps: Dependencies,
  call: Call,
  { session, lock }: Taken,
  overrides: ForkOverrides,
  options: ForkOptions,
): Promise<Answer | undefined> {
  try {
    await wakeMember(deps, call, session, overrides, options);
    const record = await deps.store.load(session.identity.id);
    if (!record) throw new Error('a claimed VM vanished');
    return { outcome: 'accepted', vm: await snapshotOf(deps, record) };
  } catch (error) {
    await session.apply({ type: 'destroy-requested' });
    await removeVm(deps, session);
    call.signal.throwIfAborted();
    if (hasCode(error, 'host.port-in-use', 'host.permission')) throw error;
    const words = error instanceof Error ? error.message : String(error);
    call.report({
      kind: 'notice',
      level: 'warning',
      text: `a member of the pool did not wake and was removed: ${words}`,
    });
    return undefined;
  } finally {
    await lock.release();
  }
}
