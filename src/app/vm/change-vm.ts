import type { Answer, Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { changePlan, type PlanPatch } from '../../core/plan/change-plan.ts';
import { diffPlans, type PlanDifference } from '../../core/plan/diff-plans.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { Dependencies } from '../dependencies.ts';
import { snapshotByName } from './snapshot.ts';
import { startVm } from './start-vm.ts';
import { stopVm } from './stop-vm.ts';
import { admitted, withVm } from './with-vm.ts';

export interface ChangeOptions {
  readonly restart: boolean;
  readonly dryRun: boolean;
}

/** Plan again, diff, say what it needs, then do it. */
export async function changeVm(
  deps: Dependencies,
  call: Call,
  name: string,
  patch: PlanPatch,
  options: ChangeOptions,
): Promise<Answer & { readonly differences: readonly PlanDifference[] }> {
  const seen = await withVm(deps, call, name, 'set', async (session) => {
    admitted(session, 'change');
    return { plan: session.plan, running: session.state.kind === 'ready' };
  });
  const next = patched(seen.plan, patch);
  const differences = diffPlans(seen.plan, next);
  const answer = async (outcome: Answer['outcome'], reason?: string) => ({
    outcome,
    differences,
    vm: await snapshotByName(deps, name),
    ...(reason === undefined ? {} : { reason }),
  });
  if (differences.length === 0) return answer('ignored', 'it is so already');
  if (options.dryRun) return answer('ignored', 'dry run');
  if (seen.running && !options.restart) {
    fail(
      'vm.change-needs-restart',
      `VM ${name} runs; ${differences.map((d) => d.field).join(', ')} can be changed while it is stopped`,
      {
        details: { differences },
        next: [`sysmonvm vm-set ${name} … --restart`],
      },
    );
  }
  if (seen.running) await stopVm(deps, call, name, { force: false });
  await withVm(deps, call, name, 'set', async (session) => {
    admitted(session, 'change');
    if (next.diskGib.value > session.plan.diskGib.value) {
      const disks = await deps.disks();
      await disks.grow(session.kept.overlayPath, next.diskGib.value);
    }
    await (await import('../template/first-fork.ts')).bootInstead(deps, call, session);
    await session.savePlan(patched(session.plan, patch));
    await session.emit('changed', { differences });
  });
  if (seen.running) await startVm(deps, call, name, { wait: true });
  return answer('accepted');
}

function patched(plan: VmPlan, patch: PlanPatch): VmPlan {
  if (patch.diskGib !== undefined && patch.diskGib < plan.diskGib.value) {
    fail(
      'usage.invalid-argument',
      `a disk is never made smaller: it has ${plan.diskGib.value} GiB, ${patch.diskGib} was asked for`,
    );
  }
  return changePlan(plan, patch);
}
