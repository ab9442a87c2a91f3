import { formatBytes } from '../../core/units/size.ts';
import { formatAge } from '../../core/view/times.ts';
import type { VmSnapshot } from '../../core/vm/vm-snapshot.ts';
import type { Sortable } from '../state/list-state.ts';
import { sparkline, type UsageHistory } from '../state/usage-history.ts';
import type { Glyphs, StateSign } from '../terminal/glyphs.ts';
import type { Meaning } from '../terminal/theme.ts';

export interface FleetRow extends Sortable {
  readonly vm: VmSnapshot;
  readonly sign: StateSign;
  readonly meaning: Meaning;
  readonly usage?: UsageHistory;
  readonly cpuPercent?: number;
  readonly residentBytes?: number;
}

export function fleetRows(vms: readonly VmSnapshot[], usage: ReadonlyMap<string, UsageHistory>): readonly FleetRow[] {
  return vms.map((vm) => fleetRow(vm, vm.pid === undefined ? undefined : usage.get(vm.id)));
}

function fleetRow(vm: VmSnapshot, usage: UsageHistory | undefined): FleetRow {
  const last = usage?.points.at(-1);
  const residentBytes = last?.residentBytes ?? vm.memory?.residentBytes;
  const cpuPercent = last?.cpuPercent;
  return {
    key: vm.id,
    vm,
    ...signOf(vm),
    ...(usage === undefined ? {} : { usage }),
    ...(cpuPercent === undefined ? {} : { cpuPercent }),
    ...(residentBytes === undefined ? {} : { residentBytes }),
    text: [vm.name, vm.summary, vm.image.id, vm.image.level, vm.arch, vm.accelerator, vm.template?.name ?? ''].join(
      ' ',
    ),
    values: {
      name: vm.name,
      state: vm.summary,
      image: vm.image.id,
      cpu: cpuPercent,
      rss: residentBytes,
      private: vm.memory?.privateBytes,
      // The youngest first, when it is not turned round.
      age: -vm.createdAt,
    },
  };
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

export interface FleetColumn {
  readonly id: string;
  readonly title: string;
  readonly width: (rows: readonly FleetRow[]) => number;
  readonly align?: 'right';
  /** Kept in this order when there is less room: 0 always. */
  readonly rank: number;
  readonly text: (row: FleetRow, look: { readonly now: number; readonly glyphs: Glyphs }) => string;
  /** Sorts by this value; a column without one cannot be chosen. */
  readonly sort?: string;
}

const longest = (least: number, most: number, text: (row: FleetRow) => string) => (rows: readonly FleetRow[]) =>
  Math.min(most, Math.max(least, ...rows.map((row) => [...text(row)].length)));
const fixed = (width: number) => () => width;
const sparkWidth = 12;

export const fleetColumns: readonly FleetColumn[] = [
  {
    id: 'name',
    title: 'NAME',
    rank: 0,
    sort: 'name',
    width: longest(8, 24, ({ vm }) => vm.name),
    text: ({ vm }) => vm.name,
  },
  {
    id: 'state',
    title: 'STATE',
    rank: 0,
    sort: 'state',
    width: longest(9, 30, ({ vm }) => vm.summary),
    text: ({ vm }) => vm.summary,
  },
  {
    id: 'image',
    title: 'IMAGE',
    rank: 3,
    sort: 'image',
    width: longest(6, 18, ({ vm }) => vm.image.id),
    text: ({ vm }) => vm.image.id,
  },
  { id: 'trust', title: 'TRUST', rank: 4, width: fixed(6), text: ({ vm }) => vm.image.level },
  { id: 'accel', title: 'ACCEL', rank: 8, width: fixed(5), text: ({ vm }) => vm.accelerator },
  {
    id: 'cpu',
    title: 'CPU%',
    rank: 1,
    align: 'right',
    sort: 'cpu',
    width: fixed(5),
    text: ({ cpuPercent }) => (cpuPercent === undefined ? '-' : cpuPercent.toFixed(cpuPercent < 10 ? 1 : 0)),
  },
  {
    id: 'spark',
    title: 'LAST MINUTES',
    rank: 5,
    width: fixed(sparkWidth),
    text: ({ usage, vm }, { glyphs }) =>
      sparkline(usage?.points.map((point) => point.cpuPercent) ?? [], sparkWidth, vm.cpus * 100, glyphs.spark),
  },
  {
    id: 'rss',
    title: 'RSS',
    rank: 2,
    align: 'right',
    sort: 'rss',
    width: fixed(10),
    text: ({ residentBytes }) => (residentBytes === undefined ? '-' : formatBytes(residentBytes)),
  },
  {
    id: 'private',
    title: 'PRIVATE',
    rank: 9,
    align: 'right',
    sort: 'private',
    width: fixed(10),
    text: ({ vm }) => (vm.memory?.privateBytes === undefined ? '-' : formatBytes(vm.memory.privateBytes)),
  },
  {
    id: 'ports',
    title: 'PORTS',
    rank: 6,
    width: longest(5, 22, ({ vm }) => portsText(vm)),
    text: ({ vm }) => portsText(vm),
  },
  {
    id: 'age',
    title: 'AGE',
    rank: 7,
    align: 'right',
    sort: 'age',
    width: fixed(4),
    text: ({ vm }, { now }) => formatAge(now - vm.createdAt),
  },
];

const portsText = ({ ports }: VmSnapshot): string =>
  ports.length === 0 ? '-' : ports.map(({ host, guest }) => `${host}:${guest}`).join(' ');
