import type { HostFacts } from '../host-facts.ts';
import type { VmPlan } from '../plan/vm-plan.ts';
import { qemuArguments } from '../qemu/qemu-arguments.ts';

export type TemplateInputs = Readonly<Record<string, string>>;

export interface InputFacts {
  readonly host: Pick<HostFacts, 'platform' | 'arch' | 'release' | 'cpuModel' | 'cpuFlags'>;
  /** Of the program that renews a fork from inside. */
  readonly renewalDigest: string;
  readonly digest: (text: string) => string;
}

const none = 'none';

/**
 * Everything that decides what a template holds, by name. What a fork has of its own (name, hostname, ports, time to
 * live) is not among it. With an accelerator the guest has seen the processor of this host; emulation is QEMU's alone.
 */
export function templateInputs(plan: VmPlan, { host, renewalDigest, digest }: InputFacts): TemplateInputs {
  const accelerated = plan.accelerator.value !== 'tcg';
  return {
    image: plan.image.value.id,
    'image.digest': plan.image.value.digest ?? none,
    arch: plan.arch,
    accelerator: plan.accelerator.value,
    machine: plan.machine.value,
    cpuModel: plan.cpuModel.value,
    cpus: String(plan.cpus.value),
    memoryMib: String(plan.memoryMib.value),
    diskGib: String(plan.diskGib.value),
    boot: plan.boot.value,
    kernelCommandLine: plan.kernelCommandLine ?? none,
    'qemu.version': plan.qemu.version,
    'qemu.digest': plan.qemu.digest,
    'firmware.code': plan.boot.value === 'uefi' ? (plan.firmware?.codeDigest ?? none) : none,
    'firmware.vars': plan.boot.value === 'uefi' ? (plan.firmware?.varsDigest ?? none) : none,
    network: plan.network.value,
    ...(plan.macAddress === undefined ? {} : { macAddress: plan.macAddress.value }),
    'guest.user': plan.guest.user,
    'guest.sudo': String(plan.guest.sudo),
    'guest.extraAuthorizedKeys': digest(plan.guest.extraAuthorizedKeys.join('\n')),
    'guest.cloudConfig': plan.guest.cloudConfig === undefined ? none : digest(plan.guest.cloudConfig),
    'guest.timezone': plan.guest.timezone,
    devices: digest(devicesOf(plan)),
    renewal: renewalDigest,
    'host.arch': host.arch,
    ...(accelerated
      ? {
          'host.cpuModel': host.cpuModel,
          'host.cpuFlags': host.cpuFlags === undefined ? none : digest(host.cpuFlags),
          ...(host.platform === 'darwin' ? { 'host.release': host.release } : {}),
        }
      : {}),
  };
}

/** What a saved state can only be restored with. */
const machineInputs = [
  'accelerator',
  'qemu.version',
  'qemu.digest',
  'firmware.code',
  'devices',
  'host.arch',
  'host.cpuModel',
  'host.cpuFlags',
  'host.release',
];

export interface InputDifference {
  readonly input: string;
  readonly from: string;
  readonly to: string;
}

export function differingInputs(from: TemplateInputs, to: TemplateInputs): InputDifference[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return names.flatMap((input) => {
    const [before, after] = [from[input] ?? none, to[input] ?? none];
    return before === after ? [] : [{ input, from: before, to: after }];
  });
}

export function machineDifferences(from: TemplateInputs, to: TemplateInputs): InputDifference[] {
  return differingInputs(from, to).filter(({ input }) => machineInputs.includes(input));
}

/** "memoryMib (512 → 768), qemu.digest (sha256:12345678… → sha256:9abcdef0…)" */
export function differencesInWords(differences: readonly InputDifference[]): string {
  return differences.map(({ input, from, to }) => `${input} (${shortened(from)} → ${shortened(to)})`).join(', ');
}

/** Equal for equal inputs, whatever the order in which they were named. */
export function canonicalInputs(inputs: TemplateInputs): string {
  return JSON.stringify(Object.entries(inputs).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function shortened(text: string): string {
  return /^sha(256|512):/.test(text) && text.length > 16 ? `${text.slice(0, 15)}…` : text;
}

/** The devices and their order: another version of this program may give a machine others. */
function devicesOf(plan: VmPlan): string {
  const path = '/path';
  const kept = {
    directory: path,
    socketDirectory: path,
    baseImagePath: path,
    overlayPath: path,
    varsPath: path,
    seedPath: path,
    privateKeyPath: path,
    hostPublicKey: '',
    knownHostsPath: path,
    kernelPath: path,
    initrdPath: path,
    instanceId: '',
    macAddress: '',
  };
  const sockets = { qmp: path, console: path, agent: path, renewal: path };
  const args = qemuArguments(plan, kept, { ports: [], sockets, logDirectory: path });
  return args.filter((_, index) => args[index - 1] === '-device' || args[index - 1] === '-global').join('\n');
}
