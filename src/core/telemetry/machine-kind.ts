/** What kind of machine the kernel sees; `virtual` is one of which is not known whether its processor is emulated. */
export type MachineKind = 'physical' | 'hypervisor' | 'emulator' | 'virtual';

export interface MachineFacts {
  /** The answer of `systemd-detect-virt --vm`: `none`, `kvm`, `qemu` (the CPU calls itself an emulator), `apple` … */
  readonly detectVirt?: string;
  /** `model name` of /proc/cpuinfo. */
  readonly modelName?: string;
  /** `flags` of /proc/cpuinfo; arm64 has `Features`, which tell nothing about hypervisors. */
  readonly flags?: ReadonlySet<string>;
  /** /sys/class/dmi/id/sys_vendor. */
  readonly vendor?: string;
  /** /sys/devices/system/clocksource/clocksource0/available_clocksource. */
  readonly clockSources?: readonly string[];
  /** `compatible` of the device tree, which boards without DMI have. */
  readonly boards?: readonly string[];
}

/** Answers that do not tell an emulator from a hypervisor. */
const undecided: readonly (string | undefined)[] = [undefined, 'none', 'qemu', 'bochs', 'vm-other'];

/**
 * On x86 `qemu` is the CPU's own word for its emulation; on arm64 it is only the name of the board. A machine is physical
 * when something says so: silence is `virtual`.
 */
export function machineKind(facts: MachineFacts): MachineKind {
  const { detectVirt, modelName, flags, vendor, clockSources, boards = [] } = facts;
  const isX86 = flags !== undefined;
  if (/\bTCG\b/.test(modelName ?? '')) return 'emulator';
  if (isX86 && detectVirt === 'qemu') return 'emulator';
  if (clockSources?.includes('kvm-clock') === true) return 'hypervisor';
  if (!undecided.includes(detectVirt)) return 'hypervisor';
  if (vendor === 'QEMU' || boards.includes('linux,dummy-virt') || flags?.has('hypervisor') === true) return 'virtual';
  if (detectVirt === 'none') return 'physical';
  if (detectVirt !== undefined) return 'virtual';
  return isX86 || boards.length > 0 ? 'physical' : 'virtual';
}
