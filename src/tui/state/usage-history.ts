import type { ProcessUsage } from '../../core/engine.ts';

/** What one QEMU process used lately, oldest first. */
export interface UsageHistory {
  readonly pid: number;
  readonly points: readonly UsagePoint[];
  readonly last: ProcessUsage;
}

interface UsagePoint {
  readonly at: number;
  /** 100 is one whole processor; absent for the first look, which has nothing to compare with. */
  readonly cpuPercent?: number;
  readonly residentBytes: number;
}

const kept = 150;

/** Another process begins another history. */
export function withUsage(history: UsageHistory | undefined, usage: ProcessUsage): UsageHistory {
  const earlier = history?.pid === usage.pid ? history : undefined;
  const cpuPercent = earlier === undefined ? undefined : cpuBetween(earlier.last, usage);
  const point: UsagePoint = {
    at: usage.at,
    residentBytes: usage.residentBytes,
    ...(cpuPercent === undefined ? {} : { cpuPercent }),
  };
  return { pid: usage.pid, last: usage, points: [...(earlier?.points ?? []), point].slice(-kept) };
}

function cpuBetween(before: ProcessUsage, now: ProcessUsage): number | undefined {
  if (before.cpuSeconds === undefined || now.cpuSeconds === undefined || now.at <= before.at) return undefined;
  return Math.max(0, ((now.cpuSeconds - before.cpuSeconds) * 100_000) / (now.at - before.at));
}

/**
 * The highest CPU % of each of `cells` equal parts of the last `spanMs`, oldest first; undefined where none was looked
 * at. The parts lie at fixed times, so that what is past does not change.
 */
export function peaks(points: readonly UsagePoint[], cells: number, spanMs: number): readonly (number | undefined)[] {
  const last = points.at(-1);
  const values = new Array<number | undefined>(cells).fill(undefined);
  if (last === undefined) return values;
  const part = spanMs / cells;
  const newest = Math.floor(last.at / part);
  for (const { at, cpuPercent } of points) {
    const cell = cells - 1 - (newest - Math.floor(at / part));
    if (cell >= 0 && cpuPercent !== undefined) values[cell] = Math.max(values[cell] ?? 0, cpuPercent);
  }
  return values;
}

/**
 * One sign for each of the last `width` looks, the newest at the right; `most` is the full height. A look without a
 * value is a blank, never the lowest sign.
 */
export function sparkline(values: readonly (number | undefined)[], width: number, most: number, signs: string): string {
  const levels = [...signs];
  const shown = values.slice(-width).map((value) => {
    if (value === undefined) return ' ';
    const level = most <= 0 ? 0 : Math.min(levels.length - 1, Math.floor((value / most) * levels.length));
    return levels[Math.max(0, level)] ?? ' ';
  });
  return shown.join('').padStart(width);
}
