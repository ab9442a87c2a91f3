import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { Dependencies } from '../dependencies.ts';
import { findVm } from './with-vm.ts';

/** As it is on record, not as it would be made now. */
export async function planOf(deps: Dependencies, name: string): Promise<VmPlan> {
  const { plan } = await findVm(deps, name);
  return plan ?? fail('vm.refused', `VM ${name} has no plan yet`, { next: [`sysmonvm vm-status ${name}`] });
}
