import type { FirmwareFacts } from '../host-facts.ts';
import type { MachineWishes, Medium, MediumArch } from '../measure/boot-medium.ts';
import { familyOf, type MachineFamily, type ResolvedMachine } from './medium-machine.ts';
import { optionValue } from './option-value.ts';

export interface MediumMachine {
  readonly arch: MediumArch;
  readonly resolved: ResolvedMachine;
  readonly wishes: MachineWishes;
  readonly medium: Medium;
  readonly diskFormat?: 'raw' | 'qcow2';
  /** Written to; a disk is otherwise only read, and what the guest writes is thrown away. */
  readonly installing: boolean;
  readonly accelerator: 'kvm' | 'hvf' | 'tcg';
  readonly firmware?: FirmwareFacts;
  readonly macAddress: string;
  readonly serialSocket: string;
  readonly bootLog: string;
}

/**
 * QEMU's argument list for a medium. As for our own VMs nothing is left to QEMU's own ideas; unlike them the machine
 * has the devices that any system knows (IDE, a serial port, a VGA card), and no network unless one was asked for.
 */
export function mediumArguments(machine: MediumMachine): readonly string[] {
  const { resolved, medium, wishes } = machine;
  const family = familyOf(resolved.machineType);
  return [
    ...['-name', 'sysmonvm-bench', '-nodefaults', '-no-user-config', '-no-reboot'],
    ...['-machine', machineType(machine, family), '-accel', accelerator(machine)],
    ...['-cpu', resolved.cpuModel, '-smp', String(resolved.cpus), '-m', String(resolved.memoryMib)],
    ...['-rtc', 'base=utc'],
    ...firmwareArguments(machine),
    ...(medium.kernel === undefined ? [] : ['-kernel', medium.kernel]),
    ...(medium.initrd === undefined ? [] : ['-initrd', medium.initrd]),
    ...(medium.deviceTree === undefined ? [] : ['-dtb', medium.deviceTree]),
    ...(medium.append === undefined ? [] : ['-append', medium.append]),
    ...cdromArguments(machine, family),
    ...diskArguments(machine, family),
    ...rootfsArguments(machine, family),
    ...networkArguments(machine, family),
    ...screenArguments(wishes, family),
    ...serialArguments(machine),
  ];
}

/**
 * Without graphics SeaBIOS writes what a boot loader shows on the screen to the serial port as well. It does so on timer
 * ticks, into what a kernel says there itself, so it is left out where no boot loader comes first.
 */
function machineType({ resolved, accelerator: used, medium }: MediumMachine, family: MachineFamily): string {
  if (family === 'pc' && medium.kernel === undefined) return `${resolved.machineType},graphics=off`;
  if (family === 'virt' && resolved.cpuModel !== 'cortex-a15' && used === 'kvm')
    return `${resolved.machineType},gic-version=max`;
  return resolved.machineType;
}

function accelerator({ accelerator: used, wishes }: MediumMachine): string {
  return used === 'tcg' && wishes.reproducible ? 'tcg,thread=single' : used;
}

function firmwareArguments({ resolved, firmware, medium }: MediumMachine): readonly string[] {
  if (medium.bios !== undefined) return ['-bios', medium.bios];
  if (resolved.firmware !== 'uefi' || firmware === undefined) return [];
  const flash = (unit: number, format: string, path: string, how: string): string[] => [
    '-drive',
    `if=pflash,unit=${unit},format=${format},${how},file=${optionValue(path)}`,
  ];
  return [
    ...flash(0, firmware.codeFormat, firmware.codePath, 'readonly=on'),
    ...flash(1, firmware.varsFormat, firmware.varsTemplatePath, 'snapshot=on'),
    ...['-boot', 'menu=on,splash-time=0,strict=on'],
  ];
}

function cdromArguments({ medium }: MediumMachine, family: MachineFamily): readonly string[] {
  if (medium.iso === undefined) return [];
  const drive = `if=none,id=cd,media=cdrom,readonly=on,format=raw,file=${optionValue(medium.iso)}`;
  if (family === 'vexpress') return ['-drive', drive.replace('if=none,id=cd', 'if=sd')];
  const device = family === 'pc' ? ['ide-cd,drive=cd'] : ['virtio-scsi-pci', 'scsi-cd,drive=cd'];
  return [
    '-drive',
    drive,
    ...device.flatMap((text, at) => ['-device', at === device.length - 1 ? `${text},bootindex=0` : text]),
  ];
}

function diskArguments(machine: MediumMachine, family: MachineFamily): readonly string[] {
  const { medium, diskFormat = 'raw', installing } = machine;
  if (medium.disk === undefined) return [];
  // Unwritten: the guest may write, into a temporary file that has no name.
  const keeping = installing ? 'cache=writeback' : 'snapshot=on,cache=unsafe';
  const file = `format=${diskFormat},${keeping},file=${optionValue(medium.disk)}`;
  if (family === 'vexpress') return ['-drive', `if=sd,${file}`];
  const device = family === 'pc' ? 'ide-hd' : 'virtio-blk-pci';
  return ['-drive', `if=none,id=disk,${file}`, '-device', `${device},drive=disk,bootindex=1`];
}

function rootfsArguments({ medium }: MediumMachine, family: MachineFamily): readonly string[] {
  if (medium.rootfs === undefined || medium.rootfs === 'none') return [];
  const file = `format=raw,snapshot=on,cache=unsafe,file=${optionValue(medium.rootfs)}`;
  if (family === 'vexpress') return ['-drive', `if=sd,${file}`];
  return ['-drive', `if=none,id=rootfs,${file}`, '-device', 'virtio-blk-pci,drive=rootfs'];
}

const cards = { pc: 'e1000', virt: 'virtio-net-pci', vexpress: 'lan9118' } as const;

/** `user` is QEMU's own NAT, with no port of the host forwarded. */
function networkArguments({ wishes, macAddress }: MediumMachine, family: MachineFamily): readonly string[] {
  if (wishes.network !== 'user') return ['-nic', 'none'];
  return ['-nic', `user,ipv6=off,model=${cards[family]},mac=${macAddress}`];
}

/** Old kernels write to the memory of a VGA card whether somebody looks or not. */
function screenArguments({ vncPort }: MachineWishes, family: MachineFamily): readonly string[] {
  const card = family === 'pc' ? ['-device', 'VGA'] : [];
  if (vncPort === undefined) return [...card, '-display', 'none'];
  return [
    ...card,
    ...(family === 'virt' ? ['-device', 'virtio-gpu-pci'] : []),
    '-display',
    `vnc=127.0.0.1:${vncPort - 5900}`,
  ];
}

/** QEMU connects to us before the guest's first instruction, so we have every byte; it keeps the log itself. */
function serialArguments({ serialSocket, bootLog }: MediumMachine): readonly string[] {
  return [
    '-chardev',
    `socket,id=serial,path=${optionValue(serialSocket)},server=off,logfile=${optionValue(bootLog)},logappend=off`,
    ...['-serial', 'chardev:serial', '-monitor', 'none'],
  ];
}
