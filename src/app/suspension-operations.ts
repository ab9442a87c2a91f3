import type { SuspensionOperations } from '../core/warm-operations.ts';
import type { Dependencies } from './dependencies.ts';

export function createSuspensionOperations(deps: Dependencies): SuspensionOperations {
  return {
    pause: async (name, call) => (await import('./vm/pause-vm.ts')).pauseVm(deps, call, name),
    resume: async (name, call) => (await import('./vm/resume-vm.ts')).resumeVm(deps, call, name),
    suspend: async (name, call) => (await import('./vm/suspend-vm.ts')).suspendVm(deps, call, name),
  };
}
