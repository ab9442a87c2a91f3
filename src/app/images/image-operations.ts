import type { ImageOperations } from '../../core/engine.ts';
import type { Dependencies } from '../dependencies.ts';

/** Each use case is loaded when it is called. */
export function createImageOperations(deps: Dependencies): ImageOperations {
  return {
    list: async () => (await import('./show-image.ts')).listImages(deps),
    show: async (image, call) => (await import('./show-image.ts')).showImage(deps, call, image),
    pull: async (image, call) => (await import('./obtain-image.ts')).pullImage(deps, call, image),
    verify: async (options, call) => (await import('./verify-images.ts')).verifyImages(deps, call, options),
    update: async (request, call) => (await import('./update-images.ts')).updateImages(deps, call, request),
    add: async (request, call) => (await import('./add-image.ts')).addImage(deps, call, request),
    remove: async (image) => (await import('./move-image.ts')).removeImage(deps, image),
    keys: async (call) => (await import('./key-state.ts')).listKeys(deps, call),
    addKey: async (request, call) => (await import('./key-state.ts')).addKey(deps, call, request),
    removeKey: async (id) => (await import('./key-state.ts')).removeKey(deps, id),
    prune: async (options, call) => (await import('./prune-images.ts')).pruneImages(deps, call, options),
    export: async (image, directory, call) =>
      (await import('./move-image.ts')).exportImage(deps, call, image, directory),
    import: async (directory, call) => (await import('./move-image.ts')).importImage(deps, call, directory),
  };
}
