import type { Call } from '../../core/engine.ts';
import type { PoolRecord } from '../../core/ports/pool-store.ts';
import type { PoolFacts } from '../../core/warm-operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { recoverAbandoned } from '../vm/recover-abandoned.ts';
import { addMember } from './add-member.ts';
import { membersOf } from './members.ts';
import { poolFacts, requirePool } from './pool-facts.ts';
import { removeMembers, whyUseless } from './remove-members.ts';

/**
 * Removes what is no use, adds members until the pool is full, and ends. One command at a time does it; when it is
 * killed, the member that it was making has an owner that is dead, and goes like any other VM of a killed command.
 * The record is read before each member: a pool that was destroyed or made smaller meanwhile gets no more.
 */
export async function refillPool(deps: Dependencies, call: Call, template: string): Promise<PoolFacts> {
  const pools = await deps.pools();
  const first = await requirePool(deps, template);
  const lock = await pools.fillLock(template);
  if (!lock) {
    const filler = await pools.filler(template);
    const text = `the pool of ${template} is being filled by ${filler ? `process ${filler.pid}` : 'another command'}`;
    call.report({ kind: 'notice', level: 'info', text });
    return poolFacts(deps, first);
  }
  try {
    await recoverAbandoned(deps, call);
    for (;;) {
      const pool = await pools.load(template);
      if (!pool) return { template, size: 0, ttlMs: first.ttlMs, members: [] };
      await tidy(deps, call, pool);
      const ready = (await membersOf(deps, pool)).filter(({ state }) => state === 'ready').length;
      if (ready >= pool.size) break;
      const step = `fill the pool of ${template}`;
      call.report({ kind: 'step', step, state: 'running', detail: `${ready} of ${pool.size}` });
      await addMember(deps, call, pool);
    }
  } finally {
    await lock.release();
  }
  call.report({ kind: 'step', step: `fill the pool of ${template}`, state: 'done' });
  return poolFacts(deps, await requirePool(deps, template));
}

/** Of too many those go that would be the first to expire. */
async function tidy(deps: Dependencies, call: Call, pool: PoolRecord): Promise<void> {
  let ready = 0;
  await removeMembers(deps, call, pool, (member) => {
    if (member.state === 'ready') ready += 1;
    return (
      whyUseless(member) ?? (member.state === 'ready' && ready > pool.size ? 'the pool was made smaller' : undefined)
    );
  });
}
