import type { VmPlan } from '../plan/vm-plan.ts';
import type { MemoryOfRun } from '../resources/ledger.ts';
import { optionValue } from './option-value.ts';

/** Machine, accelerator, processors and memory. */
export function machineArguments(plan: VmPlan, memory?: MemoryOfRun): string[] {
  const cpus = plan.cpus.value;
  return [
    ...memoryObject(plan, memory),
    '-machine',
    memory === undefined ? machine(plan) : `${machine(plan)},memory-backend=${memoryName(plan)}`,
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

/** The name QEMU itself gives to the memory of the machine. */
function memoryName(plan: VmPlan): string {
  return plan.arch === 'x86_64' ? 'pc.ram' : 'mach-virt.ram';
}

/**
 * Memory in a file. It has the name in a saved state that ordinary memory has (the canonical path is left out), so that
 * one can be restored into the other. `rom=off` maps a file writable that was opened read-only; only our copy is written.
 */
function memoryObject(plan: VmPlan, memory: MemoryOfRun | undefined): string[] {
  if (memory === undefined) return [];
  const mapping =
    memory.kind === 'shared' ? 'share=on' : memory.readOnly ? 'share=off,readonly=on,rom=off' : 'share=off';
  const size = `${plan.memoryMib.value}M`;
  const path = optionValue(memory.path);
  return [
    '-object',
    `memory-backend-file,id=${memoryName(plan)},size=${size},mem-path=${path},${mapping},x-use-canonical-path-for-ramblock-id=off`,
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
