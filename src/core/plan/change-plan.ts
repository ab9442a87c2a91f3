import type { VmPlan } from './vm-plan.ts';

export interface PlanPatch {
  readonly cpus?: number | undefined;
  readonly memoryMib?: number | undefined;
  readonly diskGib?: number | undefined;
}

/** The plan of an existing VM with other sizes; what it costs is for `diffPlans` to say. */
export function changePlan(plan: VmPlan, patch: PlanPatch): VmPlan {
  const reason = 'asked for with vm-set';
  return {
    ...plan,
    ...(patch.cpus === undefined ? {} : { cpus: { value: patch.cpus, reason } }),
    ...(patch.memoryMib === undefined ? {} : { memoryMib: { value: patch.memoryMib, reason } }),
    ...(patch.diskGib === undefined ? {} : { diskGib: { value: patch.diskGib, reason } }),
  };
}
