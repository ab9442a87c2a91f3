import { metrics } from './metrics.ts';
import type { AttributeValue, Reading } from './reading.ts';

/**
 * Memory of a Mac from `vm_stat`, whose lines are `Pages free:   12345.`, as Activity Monitor adds it up: used is what
 * belongs to programs and cannot be dropped, wired and compressed memory; cached is files and what may be dropped.
 */
export interface MacMemoryTexts {
  readonly vmStat: string;
  /** `sysctl -n hw.memsize` */
  readonly memsize?: string;
  /** `sysctl -n vm.swapusage`: `total = 2048.00M  used = 1046.75M  free = 1001.25M  (encrypted)` */
  readonly swapUsage?: string;
}

type Made = readonly [{ readonly name: string }, number | undefined, Readonly<Record<string, AttributeValue>>?];

export function macMemoryReadings({ vmStat, memsize, swapUsage }: MacMemoryTexts, at: number): readonly Reading[] {
  const pages = parseVmStat(vmStat);
  const total = /^\d+$/.test(memsize?.trim() ?? '') ? Number(memsize) : undefined;
  const reading =
    (file: string) =>
    ([metric, value, attributes = {}]: Made): readonly Reading[] =>
      value === undefined || !Number.isFinite(value) || value < 0
        ? []
        : [{ metric: metric.name, attributes, value, at, source: { kind: 'host', file }, quality: 'measured' }];
  return [
    ...[...usage(pages, total), ...faults(pages)].flatMap(reading('vm_stat')),
    ...reading('sysctl hw.memsize')([metrics.memoryLimit, total]),
    ...swap(swapUsage ?? '').flatMap(reading('sysctl vm.swapusage')),
  ];
}

interface VmStat {
  readonly pageSize?: number;
  readonly counts: ReadonlyMap<string, number>;
}

function parseVmStat(text: string): VmStat {
  const pageSize = /page size of (\d+) bytes/.exec(text)?.[1];
  const counts = [...text.matchAll(/^"?([A-Za-z][\w -]*?)"?:\s+(\d+)\.?$/gm)].map(
    ([, name = '', count]) => [name, Number(count)] as const,
  );
  return { counts: new Map(counts), ...(pageSize === undefined ? {} : { pageSize: Number(pageSize) }) };
}

function usage({ pageSize, counts }: VmStat, total: number | undefined): readonly Made[] {
  const bytes = (...names: readonly string[]) => {
    const found = names.map((name) => counts.get(name));
    const known = found.filter((count) => count !== undefined);
    return pageSize === undefined || known.length < found.length
      ? undefined
      : known.reduce((sum, count) => sum + count, 0) * pageSize;
  };
  const purgeable = bytes('Pages purgeable');
  const held = bytes('Anonymous pages', 'Pages wired down', 'Pages occupied by compressor');
  const states = {
    used: held === undefined || purgeable === undefined ? undefined : held - purgeable,
    free: bytes('Pages free'),
    cached: bytes('File-backed pages', 'Pages purgeable'),
  };
  return Object.entries(states).flatMap(([state, value]): readonly Made[] => [
    [metrics.memoryUsage, value, { 'system.memory.state': state }],
    [
      metrics.memoryUtilization,
      value === undefined || total === undefined ? undefined : value / total,
      { 'system.memory.state': state },
    ],
  ]);
}

function faults({ counts }: VmStat): readonly Made[] {
  const [all, major] = [counts.get('Translation faults'), counts.get('Pageins')];
  return [
    [metrics.pagingFaults, major, { 'system.paging.fault.type': 'major' }],
    [
      metrics.pagingFaults,
      all === undefined || major === undefined ? undefined : all - major,
      { 'system.paging.fault.type': 'minor' },
    ],
    [metrics.pagingOperations, counts.get('Swapins'), { 'system.paging.direction': 'in' }],
    [metrics.pagingOperations, counts.get('Swapouts'), { 'system.paging.direction': 'out' }],
  ];
}

const units: Readonly<Record<string, number>> = { K: 2 ** 10, M: 2 ** 20, G: 2 ** 30 };

function swap(text: string): readonly Made[] {
  return (['used', 'free'] as const).map((state): Made => {
    const [, amount, unit = ''] = new RegExp(`\\b${state} = ([\\d.]+)([KMG])`).exec(text) ?? [];
    const bytes = amount === undefined ? undefined : Math.round(Number(amount) * (units[unit] ?? Number.NaN));
    return [metrics.pagingUsage, bytes, { 'system.paging.state': state }];
  });
}
