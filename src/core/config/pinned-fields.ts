import type { FieldTable, SettingCommand } from './field.ts';
import * as value from './value-schemas.ts';

export const making: readonly SettingCommand[] = ['create', 'up', 'run', 'plan'];

/** Settings with which a machine is the same on every host. */
export const pinnedFields: Pick<FieldTable, 'machineType' | 'reproducible' | 'pinnedCpus' | 'macAddress'> = {
  machineType: {
    yaml: 'hardware.machine_type',
    flag: '--machine-type <type>',
    env: 'SYSMONVM_MACHINE_TYPE',
    schema: value.machineType,
    default: undefined,
    commands: making,
    defaultNote: 'q35 (x86_64) or virt (aarch64) of the QEMU in use',
    description: 'Machine type; with a number it is the same machine in every newer QEMU',
    example: 'pc-q35-7.2',
  },
  reproducible: {
    yaml: 'hardware.reproducible',
    flag: '--reproducible',
    yesNo: true,
    env: 'SYSMONVM_REPRODUCIBLE',
    schema: value.yesOrNo,
    default: false,
    commands: making,
    description: 'Numbered machine and CPU model and a fixed MAC address, the same on every host',
    example: 'true',
  },
  pinnedCpus: {
    yaml: 'hardware.pinned_cpus',
    flag: '--cpus-pin <list>',
    env: 'SYSMONVM_CPUS_PIN',
    schema: value.cpuList,
    default: undefined,
    commands: making,
    defaultNote: 'all',
    description: 'CPUs of the host that QEMU stays on (Linux): 2,3 or 4-7',
    example: '"2,3"',
  },
  macAddress: {
    yaml: 'networking.mac_address',
    flag: '--mac <address>',
    env: 'SYSMONVM_MAC',
    schema: value.macAddress,
    default: undefined,
    commands: making,
    defaultNote: "follows from the VM's id",
    description: "MAC address of the VM's network card, in QEMU's range 52:54:00",
    example: '52:54:00:12:34:56',
  },
};
