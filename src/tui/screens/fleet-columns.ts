import { formatBytes } from '../../core/units/size.ts';
import { formatAge } from '../../core/view/times.ts';
import type { VmSnapshot } from '../../core/vm/vm-snapshot.ts';
import { longest } from '../parts/fit-columns.ts';
import { peaks, sparkline } from '../state/usage-history.ts';
import type { Glyphs } from '../terminal/glyphs.ts';
import type { FleetRow, Measured } from './fleet-rows.ts';

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
  /** Not shown where nobody has such a value. */
  readonly when?: (measured: Measured) => boolean;
}

const fixed = (width: number) => () => width;
const sparkWidth = 12;
const sparkMs = 5 * 60_000;

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
    text: ({ cpuPercent }) => percentText(cpuPercent),
  },
  {
    id: 'guest',
    title: 'GUEST%',
    rank: 5,
    align: 'right',
    sort: 'guest',
    width: fixed(6),
    text: ({ guestPercent }) => percentText(guestPercent),
    when: ({ guests }) => guests.size > 0,
  },
  {
    id: 'spark',
    title: 'LAST 5 MIN',
    rank: 5,
    width: fixed(sparkWidth),
    text: ({ usage, vm }, { glyphs }) =>
      sparkline(peaks(usage?.points ?? [], sparkWidth, sparkMs), sparkWidth, vm.cpus * 100, glyphs.spark),
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

export const shownFleetColumns = (measured: Measured): readonly FleetColumn[] =>
  fleetColumns.filter(({ when }) => when?.(measured) ?? true);

const percentText = (percent: number | undefined): string =>
  percent === undefined ? '-' : percent.toFixed(percent < 10 ? 1 : 0);

const portsText = ({ ports }: VmSnapshot): string =>
  ports.length === 0 ? '-' : ports.map(({ host, guest }) => `${host}:${guest}`).join(' ');
