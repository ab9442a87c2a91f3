import type { PoolOperations } from '../../core/warm-operations.ts';
import type { Dependencies } from '../dependencies.ts';

export function createPoolOperations(deps: Dependencies): PoolOperations {
  return {
    create: async (template, options, call) =>
      (await import('./create-pool.ts')).createPool(deps, call, template, options),
    list: async () => (await import('./list-pools.ts')).listPools(deps),
    refill: async (template, call) => (await import('./refill.ts')).refillPool(deps, call, template),
    claim: async (template, overrides, options, call) =>
      (await import('./claim.ts')).claimMember(deps, call, template, overrides, options),
    fork: async (template, request, call) =>
      (await import('./fork-from-pool.ts')).forkFromPool(deps, call, template, request),
    destroy: async (template, options, call) =>
      (await import('./destroy-pool.ts')).destroyPool(deps, call, template, options),
  };
}
