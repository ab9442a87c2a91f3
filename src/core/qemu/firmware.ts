import { fail } from '../errors/sysmonvm-error.ts';
import type { VmPlan } from '../plan/vm-plan.ts';
import type { KeptResources } from '../resources/ledger.ts';
import { optionValue } from './option-value.ts';

/** How the first instruction is reached: UEFI firmware in two flash devices, or a kernel that QEMU loads itself. */
export function bootArguments(plan: VmPlan, kept: KeptResources): string[] {
  return plan.boot.value === 'direct' ? directBoot(plan, kept) : uefi(plan, kept);
}

/**
 * Code is read-only; the variables are the VM's own qcow2 copy. EDK2 waits for a key unless its menu is enabled with
 * no time to wait (hard-coded on aarch64); `strict` keeps it from trying network boot on devices without a boot index.
 */
function uefi(plan: VmPlan, kept: KeptResources): string[] {
  if (plan.firmware === undefined || kept.varsPath === undefined) return missing('firmware variables', plan);
  return [
    '-drive',
    `if=pflash,unit=0,format=${plan.firmware.codeFormat},readonly=on,file=${optionValue(plan.firmware.codePath)}`,
    '-drive',
    `if=pflash,unit=1,format=qcow2,file=${optionValue(kept.varsPath)}`,
    '-boot',
    'menu=on,splash-time=0,strict=on',
  ];
}

function directBoot(plan: VmPlan, kept: KeptResources): string[] {
  if (kept.kernelPath === undefined || kept.initrdPath === undefined) return missing('kernel and initrd', plan);
  return ['-kernel', kept.kernelPath, '-initrd', kept.initrdPath, '-append', plan.kernelCommandLine ?? ''];
}

function missing(what: string, plan: VmPlan): never {
  fail('vm.incomplete', `${plan.name} has no ${what} for its boot method "${plan.boot.value}".`, {
    details: { vm: plan.name, missing: what },
    next: [`sysmonvm vm-destroy ${plan.name}`],
  });
}
