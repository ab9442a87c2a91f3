import type { ShownSample } from '../../core/checker-install/shown-sample.ts';
import type { VmSnapshot } from '../../core/vm/vm-snapshot.ts';
import type { World } from '../state/app-state.ts';
import type { Sortable } from '../state/list-state.ts';
import type { UsageHistory } from '../state/usage-history.ts';
import type { StateSign } from '../terminal/glyphs.ts';
import type { Meaning } from '../terminal/theme.ts';

export interface FleetRow extends Sortable {
  readonly vm: VmSnapshot;
  readonly sign: StateSign;
  readonly meaning: Meaning;
  readonly usage?: UsageHistory;
  readonly cpuPercent?: number;
  readonly residentBytes?: number;
  /** As the checker in the guest told it: of all its CPUs, 100 when all are busy. */
  readonly guestPercent?: number;
}

export type Measured = Pick<World, 'usage' | 'guests'>;

export function fleetRows(vms: readonly VmSnapshot[], { usage, guests }: Measured): readonly FleetRow[] {
  return vms.map((vm) => fleetRow(vm, vm.pid === undefined ? undefined : usage.get(vm.id), guests.get(vm.id)));
}

function fleetRow(vm: VmSnapshot, usage: UsageHistory | undefined, guest: ShownSample | undefined): FleetRow {
  const last = usage?.points.at(-1);
  const residentBytes = last?.residentBytes ?? vm.memory?.residentBytes;
  const cpuPercent = last?.cpuPercent;
  const guestPercent = guest === undefined ? undefined : meanUsage(guest);
  return {
    key: vm.id,
    vm,
    ...signOf(vm),
    ...(usage === undefined ? {} : { usage }),
    ...(cpuPercent === undefined ? {} : { cpuPercent }),
    ...(residentBytes === undefined ? {} : { residentBytes }),
    ...(guestPercent === undefined ? {} : { guestPercent }),
    text: [vm.name, vm.summary, vm.image.id, vm.image.level, vm.arch, vm.accelerator, vm.template?.name ?? ''].join(
      ' ',
    ),
    values: {
      name: vm.name,
      state: vm.summary,
      image: vm.image.id,
      cpu: cpuPercent,
      guest: guestPercent,
      rss: residentBytes,
      private: vm.memory?.privateBytes,
      // The youngest first, when it is not turned round.
      age: -vm.createdAt,
    },
  };
}

function meanUsage({ cpus }: ShownSample): number | undefined {
  const known = cpus.flatMap(({ usagePercent }) => usagePercent ?? []);
  return known.length === 0 ? undefined : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function signOf({ state, difference, summary }: VmSnapshot): { readonly sign: StateSign; readonly meaning: Meaning } {
  if (state === 'failed') return { sign: 'failed', meaning: 'bad' };
  if (difference !== undefined || summary.includes('degraded')) return { sign: 'warning', meaning: 'warning' };
  switch (state) {
    case 'ready':
      return { sign: 'ready', meaning: 'good' };
    case 'stopped':
      return { sign: 'off', meaning: 'quiet' };
    case 'paused':
    case 'suspended':
      return { sign: 'held', meaning: 'accent' };
    default:
      return { sign: 'busy', meaning: 'busy' };
  }
}
