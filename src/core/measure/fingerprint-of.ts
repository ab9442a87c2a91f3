import type { HostFacts } from '../host-facts.ts';
import type { VmPlan } from '../plan/vm-plan.ts';
import type { Fingerprint } from './fingerprint.ts';

export function fingerprintOfHost(facts: HostFacts, tools: Readonly<Record<string, string>>): Fingerprint {
  return {
    host: {
      cpuModel: facts.cpuModel,
      cpuCount: facts.cpuCount,
      memoryMib: facts.memoryMib,
      platform: facts.platform,
      release: facts.release,
      arch: facts.arch,
    },
    tools,
  };
}

export function machineOfPlan(plan: VmPlan): NonNullable<Fingerprint['machine']> {
  return {
    arch: plan.arch,
    accelerator: plan.accelerator.value,
    emulated: plan.accelerator.value === 'tcg',
    qemuVersion: plan.qemu.version,
    machineType: plan.machine.value,
    cpuModel: plan.cpuModel.value,
    cpus: plan.cpus.value,
    memoryMib: plan.memoryMib.value,
    ...(plan.pinnedCpus ? { pinnedCpus: plan.pinnedCpus.value } : {}),
    ...(plan.reproducible ? { reproducible: true } : {}),
    ...(plan.firmware ? { firmware: plan.firmware.codeDigest } : {}),
  };
}
