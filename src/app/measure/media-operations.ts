import type { MediaOperations } from '../../core/measure/media-operations.ts';
import type { Dependencies } from '../dependencies.ts';

export function createMediaOperations(deps: Dependencies): MediaOperations {
  return {
    boot: async (request, call) => (await import('./boot-medium.ts')).bootMedium(deps, call, request),
    verify: async (request) => (await import('./verify-boot.ts')).verifyBoot(deps, request),
  };
}
