import type { JudgingOperations } from '../../../core/measure/judging-operations.ts';
import type { Dependencies } from '../../dependencies.ts';

/** As the engine: each use case is loaded when it is called. */
export function createJudgingOperations(deps: Dependencies): JudgingOperations {
  return {
    compare: async (request) => (await import('./compare.ts')).compare(deps, request),
    keep: async (request) => (await import('./keep-comparison.ts')).keepComparison(deps, request),
    setBaseline: async (request, call) => (await import('./set-baseline.ts')).setBaseline(deps, call, request),
    writeAverage: async (request) => (await import('./write-average.ts')).writeAverage(deps, request),
    baselines: async (directory) => (await import('./kept-baselines.ts')).keptBaselines(deps, directory),
    baseline: async (reference, directory) =>
      (await import('./kept-baselines.ts')).findBaseline(deps, reference, directory),
  };
}
