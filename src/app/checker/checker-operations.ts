import type { CheckerOperations } from '../../core/checker-install/operations.ts';
import type { Dependencies } from '../dependencies.ts';

export function createCheckerOperations(deps: Dependencies): CheckerOperations {
  return {
    async build(request, call) {
      const { builder } = await deps.checkerTools();
      const made = await builder.build(request, call);
      const { os } = request.target;
      return os === 'darwin' ? { ...made, signing: `codesign --force --sign - '${made.checker.path}'` } : made;
    },
    install: async (name, options, call) =>
      (await import('./install-checker.ts')).installChecker(deps, call, name, options),
    status: async (name, call) => (await import('./checker-status.ts')).checkerStatus(deps, call, name),
    sample: async (name, call) => (await import('./last-sample.ts')).lastSample(deps, call, name),
    uninstall: async (name, call) => (await import('./checker-status.ts')).uninstallChecker(deps, call, name),
  };
}
