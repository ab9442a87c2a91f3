import type { WorkloadOperations } from '../../../core/measure/workload-operations.ts';
import type { Dependencies } from '../../dependencies.ts';

/** As the engine: each use case is loaded when it is called. */
export function createWorkloadOperations(deps: Dependencies): WorkloadOperations {
  return {
    list: async (query) => (await (await import('./select.ts')).chooseWorkloads(deps, query)).selected,
    run: async (request, call) => (await import('./run-workloads.ts')).runWorkloads(deps, call, request),
  };
}
