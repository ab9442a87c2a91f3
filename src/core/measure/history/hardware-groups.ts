import type { Fingerprint } from '../fingerprint.ts';
import { compareFingerprints } from '../judging/compare-fingerprints.ts';

interface HardwareGroup {
  readonly name: string;
  readonly first: Fingerprint;
}

/** A, B, … Z, AA: in the order in which each was first seen. */
function groupName(index: number): string {
  const rest = Math.floor(index / 26);
  return `${rest === 0 ? '' : groupName(rest - 1)}${String.fromCharCode(65 + (index % 26))}`;
}

/** Fingerprints of which two may be judged against one another share a group. */
export function hardwareGroups(fingerprints: readonly Fingerprint[]): readonly HardwareGroup[] {
  const groups: HardwareGroup[] = [];
  for (const fingerprint of fingerprints)
    if (groupOf(groups, fingerprint) === undefined) groups.push({ name: groupName(groups.length), first: fingerprint });
  return groups;
}

export const groupOf = (groups: readonly HardwareGroup[], fingerprint: Fingerprint): HardwareGroup | undefined =>
  groups.find(({ first }) => compareFingerprints(first, fingerprint, []).incomparable.length === 0);

export function describeHardware({ host, machine }: Fingerprint): string {
  const on = `${host.cpuModel}, ${host.cpuCount} CPUs, ${host.memoryMib} MiB, ${host.platform} ${host.arch}`;
  if (machine === undefined) return `${on}; on the host itself`;
  const emulated = machine.emulated ? ', emulated' : '';
  return `${on}; guest ${machine.arch} with ${machine.accelerator}${emulated}, ${machine.cpuModel}, ${machine.cpus} CPUs, ${machine.memoryMib} MiB`;
}
