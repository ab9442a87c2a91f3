import type { Call, Removal } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { PoolRecord } from '../../core/ports/pool-store.ts';
import type { Dependencies } from '../dependencies.ts';
import { waitForEnd } from '../vm/end-process.ts';
import { recoverAbandoned } from '../vm/recover-abandoned.ts';
import { requirePool } from './pool-facts.ts';
import { removeMembers, whyUseless } from './remove-members.ts';

const fillerMs = 30_000;

/** Record first: nobody claims or fills any more. A refill that is at work is ended, and undoes what it has begun. */
export async function destroyPool(
  deps: Dependencies,
  call: Call,
  template: string,
  { dryRun }: { readonly dryRun: boolean },
): Promise<readonly Removal[]> {
  const pool = await requirePool(deps, template);
  const all = (): string => 'the pool is destroyed';
  if (dryRun) return [recordOf(pool, 'is destroyed'), ...(await removeMembers(deps, call, pool, all, { dryRun }))];
  const pools = await deps.pools();
  await pools.remove(template);
  const filler = await pools.filler(template);
  if (filler && filler.pid !== deps.ownPid) {
    await deps.processes.kill(filler, 'SIGTERM');
    if (!(await waitForEnd(deps, filler, fillerMs)))
      fail('vm.locked', `process ${filler.pid}, which fills the pool of ${template}, does not end`, {
        next: [`ps -p ${filler.pid}`, `sysmonvm vm-gc`],
      });
  }
  const removals = await removeMembers(deps, call, pool, all);
  await recoverAbandoned(deps, call);
  return [recordOf(pool, 'is destroyed'), ...removals];
}

/** For vm-gc: pools whose template is gone, and members that are no use; the others are filled. */
export async function drainPools(
  deps: Dependencies,
  call: Call,
  options: { readonly dryRun: boolean },
): Promise<readonly Removal[]> {
  const removals: Removal[] = [];
  const templates = await deps.templates();
  for (const pool of await (await deps.pools()).list()) {
    if ((await templates.load(pool.template))?.id !== pool.templateId) {
      removals.push(...(await destroyPool(deps, call, pool.template, options)));
      continue;
    }
    removals.push(...(await removeMembers(deps, call, pool, whyUseless, options)));
    if (options.dryRun) continue;
    const { ensureFilled } = await import('./pool-facts.ts');
    await ensureFilled(deps, pool);
  }
  return removals;
}

function recordOf(pool: PoolRecord, reason: string): Removal {
  return { what: `pool of template ${pool.template} (size ${pool.size})`, reason };
}
