import type { Answer, Call, UpOptions, UpResult } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { diffPlans, type PlanDifference } from '../../core/plan/diff-plans.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { Dependencies } from '../dependencies.ts';
import { createVm } from './create-vm.ts';
import { destroyVm } from './destroy-vm.ts';
import { planVm } from './plan-vm.ts';
import { recoverAbandoned } from './recover-abandoned.ts';
import { snapshotOf } from './snapshot.ts';
import { startVm } from './start-vm.ts';
import { stopVm } from './stop-vm.ts';
import { admitted, withVm } from './with-vm.ts';

/** Plan again, diff, then keep, restart or recreate, and say why. A disk is only thrown away when `recreate` says so. */
export async function up(deps: Dependencies, call: Call, options: UpOptions): Promise<UpResult> {
  await recoverAbandoned(deps, call);
  const name = options.config.name.value;
  const existing = await deps.store.find(name);
  if (!existing?.plan) {
    await create(deps, call, options);
    const answer = await startVm(deps, call, name, options);
    return { ...answer, action: 'created', differences: [] };
  }
  const planned = (await planVm(deps, call, options.config, existing.plan)).plan;
  const plan: VmPlan = {
    ...planned,
    image: { ...planned.image, value: { ...planned.image.value, ...digestOf(existing.plan) } },
  };
  const differences = diffPlans(existing.plan, plan);
  const recreate = differences.filter((d) => d.needs === 'recreate');
  if (recreate.length > 0) {
    if (!options.recreate) {
      fail(
        'vm.refused',
        `VM ${name} differs from what is asked in ${list(recreate)}; that needs a new VM, and its disk would be lost`,
        {
          details: { differences },
          next: [`sysmonvm up ${name} --recreate`, `sysmonvm vm-start ${name}   # as it is`],
        },
      );
    }
    notice(call, `recreated, because ${list(recreate)} changed`);
    await destroyVm(deps, call, name, { dryRun: false });
    await create(deps, call, options);
    return { ...(await startVm(deps, call, name, options)), action: 'recreated', differences };
  }
  const restart = differences.filter((d) => d.needs === 'restart');
  const running = (await snapshotOf(deps, existing)).state === 'ready';
  if (restart.length > 0) {
    notice(call, `${running ? 'restarted' : 'changed'}, because ${list(restart)} changed`);
    if (running) await stopVm(deps, call, name, { force: false });
    // Ports are of the host only.
    const otherMachine = restart.some(({ field }) => !field.startsWith('ports'));
    await adopt(deps, call, name, plan, otherMachine);
  }
  const answer = await startVm(deps, call, name, options);
  const action = answer.outcome === 'ignored' ? 'kept' : running ? 'restarted' : 'started';
  if (action === 'kept') notice(call, 'kept: it runs and nothing that was asked for has changed');
  return { ...answer, action, differences };
}

async function create(deps: Dependencies, call: Call, options: UpOptions): Promise<Answer> {
  if (!options.warm) return createVm(deps, call, options);
  const { createWarm } = await import('../template/start-warm.ts');
  return createWarm(deps, call, options.config);
}

/** A VM stays on the bytes it was made from, whatever a newer lock file or build offers. */
function digestOf(old: VmPlan): { digest?: string; virtualSizeBytes?: number } {
  const { digest, virtualSizeBytes } = old.image.value;
  return {
    ...(digest === undefined ? {} : { digest }),
    ...(virtualSizeBytes === undefined ? {} : { virtualSizeBytes }),
  };
}

async function adopt(deps: Dependencies, call: Call, name: string, plan: VmPlan, otherMachine: boolean): Promise<void> {
  await withVm(deps, call, name, 'change', async (session) => {
    admitted(session, 'change');
    if (plan.diskGib.value > session.plan.diskGib.value)
      await (await deps.disks()).grow(session.kept.overlayPath, plan.diskGib.value);
    if (otherMachine) await (await import('../template/first-fork.ts')).bootInstead(deps, call, session);
    await session.savePlan(plan);
  });
}

function list(differences: readonly PlanDifference[]): string {
  return differences.map((d) => `${d.field} (${String(d.from)} → ${String(d.to)})`).join(', ');
}

function notice(call: Call, text: string): void {
  call.report({ kind: 'notice', level: 'info', text });
}
