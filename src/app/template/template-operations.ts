import type { TemplateOperations } from '../../core/warm-operations.ts';
import type { Dependencies } from '../dependencies.ts';

/** As the engine: each use case is loaded when it is called. */
export function createTemplateOperations(deps: Dependencies): TemplateOperations {
  return {
    create: async (request, call) => (await import('./create-template.ts')).createTemplate(deps, call, request),
    list: async () => (await import('./list-templates.ts')).listTemplates(deps),
    show: async (name) => (await import('./list-templates.ts')).showTemplate(deps, name),
    verify: async (name, call) => (await import('./list-templates.ts')).verifyTemplate(deps, call, name),
    destroy: async (name, options, call) =>
      (await import('./list-templates.ts')).destroyTemplate(deps, call, name, options),
    createFork: async (template, overrides, call) =>
      (await import('./fork.ts')).createFork(deps, call, template, overrides),
    fork: async (template, request, call) => (await import('./fork.ts')).fork(deps, call, template, request),
    warm: async (config, call) => (await import('./warm.ts')).warmTemplate(deps, call, config),
    startWarm: async (config, options, call) =>
      (await import('./start-warm.ts')).startWarm(deps, call, config, options),
  };
}
