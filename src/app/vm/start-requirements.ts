import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { Dependencies } from '../dependencies.ts';
import type { VmSession } from './session.ts';

export function requireAcceleration(session: VmSession, required: boolean): void {
  const { accelerator } = session.plan;
  if (!required || accelerator.value !== 'tcg') return;
  fail(
    'host.accelerator-unavailable',
    `hardware acceleration is required and VM ${session.identity.name} would be emulated: ${accelerator.reason}`,
    {
      next: ['sysmonvm doctor --refresh'],
    },
  );
}

export async function requireParts(deps: Dependencies, session: VmSession): Promise<void> {
  const { kept, plan } = session;
  for (const path of [
    kept.overlayPath,
    kept.seedPath,
    kept.baseImagePath,
    kept.varsPath,
    kept.kernelPath,
    plan.firmware?.codePath,
  ]) {
    if (path === undefined || (await deps.files.exists(path))) continue;
    fail('vm.incomplete', `VM ${session.identity.name} cannot start: ${path} is missing`, {
      details: { path },
      next: [`sysmonvm vm-destroy ${session.identity.name}`],
    });
  }
  if (await deps.files.exists(plan.qemu.path)) return;
  fail('host.tool-missing', `${plan.qemu.path} is not there any more`, {
    details: { tool: plan.qemu.path },
    next: ['sysmonvm host-setup'],
  });
}
