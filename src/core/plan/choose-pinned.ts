import { refuseValue } from '../config/findings.ts';
import type { VmConfig } from '../config/vm-config.ts';
import type { Accelerator, HostFacts, QemuFacts } from '../host-facts.ts';
import { macAddressOf } from '../ids/mac-address.ts';
import { compareVersions } from '../qemu/version.ts';
import { originText } from './origin-text.ts';
import type { Warn } from './plan-request.ts';
import type { Choice } from './vm-plan.ts';

const families = { x86_64: 'pc-q35', aarch64: 'virt' } as const;
/** Each QEMU since this one builds that machine; an older one builds its own newest. */
const pinnedVersion = '7.2';
/**
 * Numbered models, which every QEMU that is supported has. Nehalem is the oldest that guests for x86-64-v2 boot on, so
 * a real host behind KVM is seldom older.
 */
const pinnedModels = { x86_64: 'Nehalem-v1', aarch64: 'cortex-a72' } as const;
const label = 'reproducible';

const minorVersion = ({ version }: QemuFacts): string => /^\d+\.\d+/.exec(version)?.[0] ?? pinnedVersion;

/** `q35` and `virt` are whatever the QEMU in use makes of them; a number behind the name is the same machine for ever. */
export function chooseMachine(
  { machineType, reproducible }: VmConfig,
  host: HostFacts,
  qemu: QemuFacts,
): Choice<string> {
  const family = families[host.guestArch];
  const known = minorVersion(qemu);
  if (machineType?.value !== undefined) {
    const { value, origin } = machineType;
    const [, name, version = known] = /^(.*?)(?:-(\d+\.\d+))?$/.exec(value) ?? [];
    const short = host.guestArch === 'aarch64' ? 'virt' : 'q35';
    if (name !== family && (name !== short || value !== short))
      refuseValue(origin, '--machine-type', `${host.guestArch} guests have ${short} or a numbered ${family}-${known}`);
    if (compareVersions(version, known) > 0)
      refuseValue(origin, '--machine-type', `QEMU ${qemu.version} has none newer than ${family}-${known}`);
    return { value, reason: originText(origin) };
  }
  if (reproducible?.value === true) {
    const version = compareVersions(known, pinnedVersion) < 0 ? known : pinnedVersion;
    const reason = `${label}: a numbered machine stays the same in every newer QEMU`;
    return { value: `${family}-${version}`, reason };
  }
  if (host.guestArch === 'aarch64') return { value: 'virt', reason: 'the machine QEMU has for aarch64 guests' };
  return { value: 'q35', reason: 'the current PC machine of QEMU, with PCI Express' };
}

/** A model that is the same on every host; undefined: this plan need not be reproducible. */
export function choosePinnedModel(
  { reproducible }: VmConfig,
  { guestArch }: HostFacts,
  accelerator: Accelerator,
  warn: Warn,
): Choice<string> | undefined {
  if (reproducible?.value !== true) return undefined;
  if (guestArch === 'aarch64' && accelerator !== 'tcg') {
    warn(`Reproducible on hosts with this CPU only: ${accelerator} gives aarch64 guests no other CPU than the host's.`);
    return { value: 'host', reason: `${label} on this CPU only: ${accelerator} has no models for aarch64` };
  }
  return { value: pinnedModels[guestArch], reason: `${label}: a numbered model, the same on every host` };
}

export function chooseMacAddress({ macAddress, reproducible, network }: VmConfig): {
  readonly macAddress?: Choice<string>;
} {
  if (macAddress?.value !== undefined)
    return { macAddress: { value: macAddress.value, reason: originText(macAddress.origin) } };
  if (reproducible?.value !== true || network.value === 'none') return {};
  if (network.value === 'bridged')
    refuseValue(
      network.origin,
      '--network',
      'a reproducible VM has a fixed address, of which a bridged network may have one; give the VM its own with --mac',
    );
  return { macAddress: { value: macAddressOf(label), reason: `${label}: the same in every VM` } };
}

/** @throws usage.invalid-argument where QEMU cannot be kept on these CPUs */
export function choosePinnedCpus(
  { pinnedCpus }: VmConfig,
  { platform, cpuCount }: HostFacts,
): { readonly pinnedCpus?: Choice<readonly number[]> } {
  if (pinnedCpus?.value === undefined) return {};
  const { value, origin } = pinnedCpus;
  if (platform !== 'linux')
    refuseValue(origin, '--cpus-pin', 'works on Linux only: macOS does not let a process be kept on some CPUs');
  const beyond = value.filter((cpu) => cpu >= cpuCount);
  if (beyond.length > 0)
    refuseValue(origin, '--cpus-pin', `this host has the CPUs 0 to ${cpuCount - 1}, not ${beyond.join(', ')}`);
  return { pinnedCpus: { value, reason: originText(origin) } };
}
