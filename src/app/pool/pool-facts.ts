import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { PoolRecord } from '../../core/ports/pool-store.ts';
import { processOf } from '../../core/vm/transition.ts';
import type { PoolFacts, PoolMember } from '../../core/warm-operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { type Member, membersOf } from './members.ts';

export async function requirePool(deps: Dependencies, template: string): Promise<PoolRecord> {
  const pools = await deps.pools();
  const found = await pools.load(template);
  if (found) return found;
  const names = (await pools.list()).map((pool) => pool.template);
  const there = names.length > 0 ? `; there are pools of: ${names.join(', ')}` : '';
  return fail('pool.not-found', `there is no pool of template ${template}${there}`, {
    details: { template },
    next: [`sysmonvm pool create ${template} --size 2`],
  });
}

export async function poolFacts(deps: Dependencies, pool: PoolRecord): Promise<PoolFacts> {
  const filler = await (await deps.pools()).filler(pool.template);
  const members = await Promise.all((await membersOf(deps, pool)).map((member) => shown(deps, member)));
  return {
    template: pool.template,
    size: pool.size,
    ttlMs: pool.ttlMs,
    members,
    ...(filler ? { filledBy: { pid: filler.pid } } : {}),
  };
}

async function shown(deps: Dependencies, { vm, state, expiresAt }: Member): Promise<PoolMember> {
  const process = processOf(vm.recorded.state);
  const memory = process && (await deps.processMemory.of(process));
  return {
    vm: vm.identity.name,
    vmId: vm.identity.id,
    state,
    expiresAt,
    ...(process ? { pid: process.pid } : {}),
    ...(memory ? { memory } : {}),
  };
}

/**
 * Starts a refill when the pool is not as it should be and none is at work; a killed one is finished this way. Members
 * that are too many or no use hold memory until then.
 */
export async function ensureFilled(deps: Dependencies, pool: PoolRecord, afterSeconds = 0): Promise<void> {
  const pools = await deps.pools();
  if (await pools.filler(pool.template)) return;
  const members = await membersOf(deps, pool);
  if (members.length === pool.size && members.every(({ state }) => state === 'ready')) return;
  await deps.startDetached(['pool', 'refill', pool.template, '--quiet'], {
    logPath: pools.logPath(pool.template),
    afterSeconds,
  });
}
