import type { PoolFacts } from '../../core/warm-operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { ensureFilled, poolFacts } from './pool-facts.ts';

/** A refill that was killed is started again. */
export async function listPools(deps: Dependencies): Promise<readonly PoolFacts[]> {
  const pools = await (await deps.pools()).list();
  for (const pool of pools) await ensureFilled(deps, pool);
  return Promise.all(pools.map((pool) => poolFacts(deps, pool)));
}
