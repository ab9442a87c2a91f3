import type { SnapshotOperations, SuspensionOperations } from '../core/warm-operations.ts';
import type { Dependencies } from './dependencies.ts';

export function createSuspensionOperations(deps: Dependencies): SuspensionOperations {
  return {
    pause: async (name, call) => (await import('./vm/pause-vm.ts')).pauseVm(deps, call, name),
    resume: async (name, call) => (await import('./vm/resume-vm.ts')).resumeVm(deps, call, name),
    suspend: async (name, call) => (await import('./vm/suspend-vm.ts')).suspendVm(deps, call, name),
  };
}

export function createSnapshotOperations(deps: Dependencies): SnapshotOperations {
  return {
    create: async (name, snapshot, call) =>
      (await import('./vm/vm-snapshots.ts')).createSnapshot(deps, call, name, snapshot),
    list: async (name) => (await import('./vm/vm-snapshots.ts')).listSnapshots(deps, name),
    restore: async (name, snapshot, options, call) =>
      (await import('./vm/restore-snapshot.ts')).restoreSnapshot(deps, call, name, snapshot, options),
    delete: async (name, snapshot, call) =>
      (await import('./vm/vm-snapshots.ts')).deleteSnapshot(deps, call, name, snapshot),
  };
}
