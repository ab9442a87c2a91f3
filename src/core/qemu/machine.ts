import type { VmPlan } from '../plan/vm-plan.ts';
import type { MemoryOfRun } from '../resources/ledger.ts';
import { memoryFileArguments } from './memory-file.ts';

/** Machine, accelerator, processors and memory. */
export function machineArguments(plan: VmPlan, memory?: MemoryOfRun): string[] {
  const cpus = plan.cpus.value;
  const file = memory && memoryFileArguments(plan.arch, plan.memoryMib.value, memory);
  return [
    ...(file?.object ?? []),
    '-machine',
    file === undefined ? machine(plan) : `${machine(plan)},${file.ofMachine}`,
    // One form only: `-machine accel=` beside `-accel` is refused.
    '-accel',
    accelerator(plan),
    '-cpu',
    plan.cpuModel.value,
    '-smp',
    `${cpus},sockets=1,cores=${cpus},threads=1`,
    '-m',
    String(plan.memoryMib.value),
    ...(plan.arch === 'x86_64' ? ['-global', 'ICH9-LPC.disable_s3=1', '-global', 'ICH9-LPC.disable_s4=1'] : []),
    '-rtc',
    'base=utc',
  ];
}

/** KVM offers what the host's interrupt controller can do; elsewhere QEMU emulates version 3. */
function machine(plan: VmPlan): string {
  if (plan.arch === 'x86_64') return plan.machine.value;
  return `${plan.machine.value},gic-version=${plan.accelerator.value === 'kvm' ? 'max' : '3'}`;
}

/**
 * One thread for each virtual CPU. An x86_64 guest expects a stronger memory order than an aarch64 host has: there
 * QEMU decides by its version whether several threads are safe.
 */
function accelerator(plan: VmPlan): string {
  if (plan.accelerator.value !== 'tcg') return plan.accelerator.value;
  return plan.arch === 'x86_64' && plan.host?.arch === 'aarch64' ? 'tcg' : 'tcg,thread=multi';
}
