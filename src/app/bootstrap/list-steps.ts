import type { BootstrapReport } from '../../core/bootstrap/bootstrap-operations.ts';
import { bootstrapSteps } from '../../core/bootstrap/steps.ts';
import type { Dependencies } from '../dependencies.ts';
import { loadRecord } from './record-file.ts';

export async function listSteps(deps: Dependencies, name: string): Promise<BootstrapReport> {
  const vm = await deps.store.find(name);
  const record = vm && (await loadRecord(deps, vm.directory));
  const steps = bootstrapSteps.map((step) => {
    const known = record?.steps[step.name];
    return known ? { step, record: known } : { step };
  });
  return { vm: name, steps, ...(record ? { guest: record } : {}) };
}
