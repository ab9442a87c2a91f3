import type { HostCollectorOperations } from '../../core/host-collector/operations.ts';
import type { Dependencies } from '../dependencies.ts';

/** As the engine: each use case is loaded when it is called. */
export function createHostCollectorOperations(deps: Dependencies): HostCollectorOperations {
  return {
    install: async (request, call) => (await import('./install-collector.ts')).installCollector(deps, call, request),
    uninstall: async (options, call) =>
      (await import('./uninstall-collector.ts')).uninstallCollector(deps, call, options),
    package: async (request, call) => (await import('./package-collector.ts')).packageCollector(deps, call, request),
  };
}
