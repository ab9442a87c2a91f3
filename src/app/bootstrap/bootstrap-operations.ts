import type { BootstrapOperations } from '../../core/bootstrap/bootstrap-operations.ts';
import type { Dependencies } from '../dependencies.ts';

/** As the engine: each use case is loaded when it is called. */
export function createBootstrapOperations(deps: Dependencies): BootstrapOperations {
  return {
    run: async (name, request, call) => (await import('./bootstrap-vm.ts')).bootstrapVm(deps, call, name, request),
    list: async (name) => (await import('./list-steps.ts')).listSteps(deps, name),
  };
}
