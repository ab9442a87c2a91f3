import type { MachineWishes, Medium, MediumArch } from '../measure/boot-medium.ts';

/** How a machine for media is built where nobody says otherwise. */
interface MachineKind {
  readonly tool: string;
  readonly machine: (medium: Medium) => string;
  /** Emulated; a model, so that a result does not depend on the host. */
  readonly cpuModel: (machine: string) => string;
  /** For comparisons over years: a numbered version of a model that every QEMU since 4.1 has. */
  readonly pinnedCpuModel: (machine: string) => string;
  readonly defaultCpus: number;
}

const armCpu = (machine: string): string => (machine.startsWith('vexpress-a9') ? 'cortex-a9' : 'cortex-a15');

export const mediumMachines = {
  i386: {
    tool: 'qemu-system-i386',
    machine: () => 'pc',
    cpuModel: () => 'qemu32',
    pinnedCpuModel: () => 'qemu32-v1',
    defaultCpus: 2,
  },
  x86_64: {
    tool: 'qemu-system-x86_64',
    machine: () => 'q35',
    cpuModel: () => 'max',
    pinnedCpuModel: () => 'Nehalem-v1',
    defaultCpus: 2,
  },
  aarch64: {
    tool: 'qemu-system-aarch64',
    machine: () => 'virt',
    cpuModel: () => 'cortex-a72',
    pinnedCpuModel: () => 'cortex-a72',
    defaultCpus: 2,
  },
  arm: {
    tool: 'qemu-system-arm',
    // A root file system on an SD card is what the board has; the virtual machine has disks.
    machine: ({ deviceTree }) => (deviceTree === undefined ? 'virt' : 'vexpress-a9'),
    cpuModel: armCpu,
    pinnedCpuModel: armCpu,
    defaultCpus: 1,
  },
} as const satisfies Record<MediumArch, MachineKind>;

export type MachineFamily = 'pc' | 'virt' | 'vexpress';

export function familyOf(machineType: string): MachineFamily {
  if (machineType.startsWith('vexpress')) return 'vexpress';
  return machineType.startsWith('virt') ? 'virt' : 'pc';
}

export interface ResolvedMachine {
  readonly machineType: string;
  readonly cpuModel: string;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly firmware: 'bios' | 'uefi' | 'none';
}

const defaultMemoryMib = 512;

/** The numbered version of a machine type: `q35` of QEMU 7.2 is `pc-q35-7.2` for ever. Boards have no versions. */
function pinnedMachine(machine: string, qemuVersion: string): string {
  const version = /^\d+\.\d+/.exec(qemuVersion)?.[0];
  if (version === undefined) return machine;
  const names: Readonly<Record<string, string>> = { pc: 'pc-i440fx', q35: 'pc-q35', virt: 'virt' };
  const name = names[machine];
  return name === undefined ? machine : `${name}-${version}`;
}

export function resolveMachine(
  arch: MediumArch,
  medium: Medium,
  wishes: MachineWishes,
  host: { readonly qemuVersion: string; readonly accelerated: boolean },
): ResolvedMachine {
  const kind: MachineKind = mediumMachines[arch];
  const machine = wishes.machine ?? kind.machine(medium);
  const modelled = wishes.reproducible ? kind.pinnedCpuModel(machine) : kind.cpuModel(machine);
  // A host's own CPU exists only under acceleration, and is another one on every host.
  const cpuModel = host.accelerated && !wishes.reproducible ? 'host' : modelled;
  return {
    machineType: wishes.reproducible ? pinnedMachine(machine, host.qemuVersion) : machine,
    cpuModel: wishes.cpuModel ?? cpuModel,
    cpus: wishes.cpus ?? kind.defaultCpus,
    memoryMib: wishes.memoryMib ?? defaultMemoryMib,
    firmware: firmwareOf(arch, medium, wishes),
  };
}

function firmwareOf(arch: MediumArch, medium: Medium, wishes: MachineWishes): ResolvedMachine['firmware'] {
  const ownFirmware = medium.bios !== undefined || medium.kernel !== undefined;
  if (arch === 'arm') return 'none';
  if (arch === 'aarch64') return ownFirmware ? 'none' : 'uefi';
  return wishes.firmware ?? 'bios';
}
