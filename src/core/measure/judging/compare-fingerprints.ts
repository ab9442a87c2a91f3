import type { Fingerprint } from '../fingerprint.ts';

/** Names of `--accept-difference`; those of `forbidding` keep two results from being judged. */
const forbidding = {
  'host-cpu': 'CPU model of the host',
  'host-cpus': 'number of CPUs of the host',
  'host-memory': 'memory of the host',
  'host-platform': 'system of the host',
  'host-arch': 'architecture of the host',
  machine: 'where it ran (a VM or the host itself)',
  arch: 'architecture of the guest',
  accelerator: 'accelerator',
  emulation: 'emulation',
  'machine-type': 'machine type',
  cpu: 'CPU model of the guest',
  cpus: 'vCPUs of the guest',
  memory: 'memory of the guest',
  firmware: 'firmware',
  pinning: 'CPUs that QEMU was kept on',
} as const;

const telling = { kernel: 'kernel of the host', qemu: 'QEMU', container: 'container of QEMU', tools: 'tools' } as const;

export type DifferenceName = keyof typeof forbidding | keyof typeof telling;

export const differenceNames = [...Object.keys(forbidding), ...Object.keys(telling)] as readonly DifferenceName[];

export interface FingerprintDifferences {
  readonly incomparable: readonly string[];
  readonly notes: readonly string[];
}

/** MemTotal moves by some MiB with every kernel. */
const sameMemoryShare = 0.03;

export function compareFingerprints(
  baseline: Fingerprint,
  current: Fingerprint,
  accepted: readonly DifferenceName[],
): FingerprintDifferences {
  const [left, right] = [propertiesOf(baseline), propertiesOf(current)];
  const incomparable: string[] = [];
  const notes: string[] = [];
  for (const name of differenceNames) {
    const [was, is] = [left[name], right[name]];
    if (was === is) continue;
    if (name === 'host-memory' && nearlyEqual(baseline.host.memoryMib, current.host.memoryMib)) continue;
    // Without a machine on one side, its parts say nothing that `machine` does not.
    if (isPartOfMachine(name) && left.machine !== right.machine) continue;
    const words = `${{ ...forbidding, ...telling }[name]}: ${was ?? 'not known'} in the baseline, ${is ?? 'not known'} now`;
    if (name in telling) notes.push(words);
    else if (accepted.includes(name)) notes.push(`${words} (accepted: ${name})`);
    else incomparable.push(words);
  }
  return { incomparable, notes };
}

const nearlyEqual = (a: number, b: number): boolean => Math.abs(a - b) <= sameMemoryShare * Math.max(a, b);

const machineParts: readonly DifferenceName[] = [
  'arch',
  'accelerator',
  'emulation',
  'machine-type',
  'cpu',
  'cpus',
  'memory',
  'firmware',
  'pinning',
  'qemu',
  'container',
];
const isPartOfMachine = (name: DifferenceName): boolean => machineParts.includes(name);

function propertiesOf({ host, machine, tools }: Fingerprint): Partial<Record<DifferenceName, string>> {
  return {
    'host-cpu': host.cpuModel,
    'host-cpus': String(host.cpuCount),
    'host-memory': `${host.memoryMib} MiB`,
    'host-platform': host.platform,
    'host-arch': host.arch,
    kernel: host.release,
    machine: machine === undefined ? 'the host' : 'a VM',
    ...(machine === undefined
      ? {}
      : {
          arch: machine.arch,
          accelerator: machine.accelerator,
          emulation: machine.emulated ? 'emulated' : 'native',
          'machine-type': withoutVersion(machine.machineType),
          cpu: machine.cpuModel,
          cpus: String(machine.cpus),
          memory: `${machine.memoryMib} MiB`,
          firmware: machine.firmware ?? 'the default',
          pinning: machine.pinnedCpus?.join(', ') ?? 'any',
          qemu: `${machine.qemuVersion}${machine.machineType.match(trailingVersion)?.[0] ?? ''}`,
          container: machine.container ?? 'none',
        }),
    tools: Object.entries(tools)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, version]) => `${name} ${version}`)
      .join(', '),
  };
}

/** `pc-q35-7.2`: the number moves with QEMU. */
const trailingVersion = /-\d+(\.\d+)*$/;
const withoutVersion = (machineType: string): string => machineType.replace(trailingVersion, '');
