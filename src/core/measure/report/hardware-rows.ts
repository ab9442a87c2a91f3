import type { Fingerprint } from '../fingerprint.ts';

export interface HardwareRow {
  readonly what: string;
  readonly baseline: string;
  readonly current: string;
  readonly differs: boolean;
}

const unknown = '-';

/** What both sides were measured on, side by side; a property that neither has is left out. */
export function hardwareRows(
  baseline: Fingerprint | undefined,
  current: Fingerprint | undefined,
): readonly HardwareRow[] {
  const [left, right] = [propertiesOf(baseline), propertiesOf(current)];
  return [...new Set([...left.keys(), ...right.keys()])].map((what) => {
    const row = { what, baseline: left.get(what) ?? unknown, current: right.get(what) ?? unknown };
    return { ...row, differs: row.baseline !== row.current };
  });
}

function propertiesOf(fingerprint: Fingerprint | undefined): ReadonlyMap<string, string> {
  if (fingerprint === undefined) return new Map();
  const { host, machine, tools } = fingerprint;
  const properties: readonly (readonly [string, string | undefined])[] = [
    ['host CPU', host.cpuModel],
    ['host CPUs', String(host.cpuCount)],
    ['host memory', `${host.memoryMib} MiB`],
    ['host system', `${host.platform} ${host.release}, ${host.arch}`],
    ['accelerator', machine && `${machine.accelerator}${machine.emulated ? ' (emulated)' : ''}`],
    ['guest architecture', machine?.arch],
    ['guest CPU', machine?.cpuModel],
    ['guest CPUs', machine && String(machine.cpus)],
    ['guest memory', machine && `${machine.memoryMib} MiB`],
    ['machine', machine?.machineType],
    ['QEMU', machine?.qemuVersion],
    ['firmware', machine?.firmware],
    ['container', machine?.container],
    ...Object.entries(tools),
  ];
  return new Map(properties.flatMap(([what, value]) => (value === undefined ? [] : [[what, value]])));
}
