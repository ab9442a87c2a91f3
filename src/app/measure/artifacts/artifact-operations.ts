import type { ArtifactOperations } from '../../../core/measure/artifact-operations.ts';
import type { Dependencies } from '../../dependencies.ts';

export function createArtifactOperations(deps: Dependencies): ArtifactOperations {
  return {
    merge: async (request) => (await import('./merge-directory.ts')).mergeDirectory(deps, request),
    summarize: async (directory) => (await import('./summarize-directory.ts')).summarizeDirectory(deps, directory),
  };
}
