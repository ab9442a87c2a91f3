import { resolve } from 'node:path';
import type { CommandContext } from '../../cli/command-context.ts';
import { type Flags, invalidFlag } from '../../cli/flags.ts';
import { flagAttribute } from '../../core/config/field.ts';
import { cpuList } from '../../core/config/value-schemas.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { MachineWishes, Medium } from '../../core/measure/boot-medium.ts';
import type { BootConfiguration, MediumConfiguration } from '../../core/measure/boot-operations.ts';
import { bytesPerGib, bytesPerMib, parseSize } from '../../core/units/size.ts';
import { mediumOptions } from './medium-options.ts';

const parts = { iso: 'iso', kernel: 'kernel', bios: 'bios', initrd: 'initrd', dtb: 'deviceTree' } as const;
/** Settings of our own VMs that a machine for media has as well. */
const shared = [
  ...['arch', 'disk', 'image', 'cpus', 'memory', 'network', 'cpuModel', 'accel', 'boot'],
  ...['machineType', 'reproducible', 'cpusPin'],
];
const ofSeries = ['iterations', 'warmup', 'vary', 'label', 'runId', 'guest', 'name', 'cold', 'out', 'timeout'];
const ofAny = ['sampleInterval', 'commit', 'json', 'workspace', 'offline', 'yes', 'verbose', 'quiet', 'color'];
const onlyOfMedia = mediumOptions
  .map(({ flags }) => flagAttribute(flags.replace('--no-', '--')))
  .filter((key) => !shared.includes(key) && !['mem', 'smp', 'kvm'].includes(key));
const accepted = new Set([...shared, ...ofSeries, ...ofAny, ...onlyOfMedia, 'mem', 'smp', 'kvm']);
const next = ['sysmonvm bench boot --help'];

const refuse = (message: string): never => fail('usage.invalid-argument', message, { next });
const isSize = (text: string): boolean => parseSize(text, 'G') !== undefined;

/** A medium, unless only what our own VMs know was typed. */
export function asksForMedium({ values, text }: Flags): boolean {
  const [disk, arch] = [text('disk'), text('arch')];
  return (
    (disk !== undefined && !isSize(disk)) ||
    arch === 'i386' ||
    arch === 'arm' ||
    onlyOfMedia.some((key) => values[key] !== undefined)
  );
}

/** Two spellings of one setting. */
export function eitherOf({ text }: Flags, key: string, alias: string): string | undefined {
  const [one, other] = [text(key), text(alias)];
  if (one !== undefined && other !== undefined) refuse(`--${alias} is the same as --${key}: give one of them.`);
  return one ?? other;
}

/** @param variations what `--vary` lays over the options */
export function readMedia(
  { flags }: Pick<CommandContext, 'flags'>,
  variations: readonly Readonly<Record<string, string>>[],
): readonly BootConfiguration[] {
  const typed = Object.keys(flags.values).find((key) => !accepted.has(key));
  if (typed !== undefined) {
    const flag = typed.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    refuse(`--${flag} is for VMs of our own images: it does not go with what is booted here.`);
  }
  const base = readMedium(flags);
  const repeated = (flags.text('iterations') ?? '1') !== '1' || flags.text('warmup') !== undefined;
  if (base.install !== undefined && (repeated || variations.length > 1))
    refuse('An installation is made once: leave out --iterations, --warmup and --vary.');
  return variations.map((parameters) => {
    const unknown = Object.keys(parameters).find((name) => !['cpus', 'cpu-model', 'memory'].includes(name));
    if (unknown !== undefined)
      refuse(`--vary ${unknown} is for VMs; of media cpus, cpu-model and memory can be varied.`);
    const machine = { ...base.machine, ...readWishes(withVaried(flags, parameters)) };
    return { medium: { ...base, machine }, parameters };
  });
}

function withVaried(flags: Flags, parameters: Readonly<Record<string, string>>): Flags {
  const { cpus, memory, 'cpu-model': cpuModel } = parameters;
  const own: Readonly<Record<string, string | undefined>> = { cpus, memory, cpuModel };
  const hides: Readonly<Record<string, string | undefined>> = { smp: cpus, mem: memory };
  return { ...flags, text: (key) => own[key] ?? (hides[key] === undefined ? flags.text(key) : undefined) };
}

function readMedium(flags: Flags): MediumConfiguration {
  const [arch, markers, script] = [flags.text('arch'), flags.text('markers'), flags.text('installScript')];
  const medium: Record<string, string> = {};
  for (const [flag, part] of Object.entries(parts)) {
    const path = flags.text(flag);
    if (path !== undefined) medium[part] = resolve(path);
  }
  const [rootfs, append] = [flags.text('rootfs'), flags.text('append')];
  if (rootfs !== undefined) medium['rootfs'] = rootfs === 'none' ? rootfs : resolve(rootfs);
  if (append !== undefined) medium['append'] = append;
  const install = readInstall(flags, medium);
  const disk = flags.text('disk');
  if (disk !== undefined && isSize(disk))
    refuse(`--disk is the size ${disk}; here it is the path of a disk (./${disk}).`);
  if (disk !== undefined && install === undefined) medium['disk'] = resolve(disk);
  const container = readContainer(flags);
  return {
    medium,
    ...(arch === undefined ? {} : { arch }),
    ...(markers === undefined ? {} : { markers }),
    ...(script === undefined ? {} : { script: resolve(script) }),
    ...(install === undefined ? {} : { install }),
    ...(container === undefined ? {} : { container }),
  };
}

/** An installation is what has a script, or says of its disk whether it is to be made. */
function readInstall(flags: Flags, medium: Medium): MediumConfiguration['install'] {
  const [script, size, disk] = [flags.text('installScript'), flags.text('size'), flags.text('disk')];
  const create = flags.values['create'] !== false;
  if (script === undefined && size === undefined && create) return undefined;
  if (disk === undefined) return refuse('An installation needs a disk to install on (--disk FILE).');
  if (medium.iso === undefined && medium.kernel === undefined)
    refuse('An installation needs something to install from (--iso or --kernel).');
  if (size !== undefined && !create) refuse('--size is for a disk that is made, and --no-create makes none.');
  if (!create) return { disk: resolve(disk) };
  const bytes = parseSize(size ?? '2G', 'G')?.bytes ?? 0;
  if (bytes < bytesPerMib) invalidFlag('size', size ?? '', 'a size such as 2G or 512M');
  return { disk: resolve(disk), sizeGib: bytes / bytesPerGib };
}

function readContainer(flags: Flags): MediumConfiguration['container'] {
  const image = flags.text('image');
  const [docker, podman] = [flags.on('docker'), flags.on('podman')];
  if (docker && podman) refuse('--docker and --podman exclude each other.');
  if (!docker && !podman) {
    if (image !== undefined) refuse('--image names an image of ours or, with --docker or --podman, of a container.');
    return undefined;
  }
  if (image === undefined) return refuse('--docker and --podman need the tag of an image that has QEMU (--image TAG).');
  return { engine: docker ? 'docker' : 'podman', image };
}

function readWishes(flags: Flags): MachineWishes {
  const [network, cpuModel, accel, machine] = ['network', 'cpuModel', 'accel', 'machineType'].map((key) =>
    flags.text(key),
  );
  const boot = flags.text('boot') ?? 'auto';
  if (network !== undefined && network !== 'none' && network !== 'user')
    return refuse('--network is none or user where a medium is booted.');
  if (accel !== undefined && accel !== 'auto' && accel !== 'tcg')
    refuse('--accel is auto or tcg where a medium is booted: the best that works is taken, and recorded.');
  if (boot === 'direct') refuse('--boot is auto or uefi where a medium is booted.');
  const pinnedCpus = readCpuList(flags);
  const cpus = eitherOf(flags, 'cpus', 'smp');
  const memory = eitherOf(flags, 'memory', 'mem');
  const vncPort = flags.integer('vncPort', { min: 5900, max: 65_535 });
  return {
    ...(network === undefined ? {} : { network }),
    ...(machine === undefined ? {} : { machine }),
    ...(cpuModel === undefined ? {} : { cpuModel }),
    ...(accel === 'tcg' || flags.values['kvm'] === false ? { accelerator: 'tcg' } : {}),
    ...(boot === 'uefi' ? { firmware: boot } : {}),
    ...(cpus === undefined ? {} : { cpus: cpuCount(cpus) }),
    ...(memory === undefined ? {} : { memoryMib: mebibytes(memory) }),
    ...(pinnedCpus === undefined ? {} : { pinnedCpus }),
    ...(vncPort === undefined ? {} : { vncPort }),
    ...(flags.on('reproducible') ? { reproducible: true } : {}),
  };
}

function cpuCount(text: string): number {
  const count = Number(text);
  return Number.isInteger(count) && count >= 1 && count <= 255
    ? count
    : invalidFlag('cpus', text, 'a number from 1 to 255');
}

function mebibytes(text: string): number {
  const bytes = parseSize(text, 'M')?.bytes ?? 0;
  return bytes >= bytesPerMib
    ? Math.round(bytes / bytesPerMib)
    : invalidFlag('memory', text, 'a size such as 512M or 2G');
}

/** `0,2-3` */
function readCpuList({ text }: Flags): readonly number[] | undefined {
  const list = text('cpusPin');
  if (list === undefined) return undefined;
  const parsed = cpuList.safeParse(list);
  return parsed.success ? parsed.data : invalidFlag('cpusPin', list, 'a list such as 0,2-3');
}
