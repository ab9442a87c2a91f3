/** The texts of `/proc/meminfo`, `/proc/vmstat`, `/proc/loadavg` and `/proc/pressure/*`. */

/** Bytes by key; `HugePages_*` counts are left as they are. */
export function parseMeminfo(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const line of text.split('\n')) {
    const match = /^([\w()]+):\s+(\d{1,13})( kB)?$/.exec(line.trim());
    if (match?.[1] !== undefined) found.set(match[1], Number(match[2]) * (match[3] === undefined ? 1 : 1024));
  }
  return found;
}

export interface MemoryUse {
  readonly total: number;
  readonly used: number;
  readonly free: number;
  readonly buffers: number;
  /** Page cache and reclaimable slab, without shared memory, as `free` counts it. */
  readonly cached: number;
  /** The kernel's own estimate; kernels before 3.14 have none. */
  readonly available?: number;
  readonly swap?: { readonly total: number; readonly used: number; readonly free: number };
}

/**
 * Used is total - free - buffers - cached, as OpenTelemetry's states add up to the total.
 * undefined: a line is missing without which the rest cannot be told.
 */
export function memoryUse(meminfo: ReadonlyMap<string, number>): MemoryUse | undefined {
  const [total, free, buffers, pageCache] = ['MemTotal', 'MemFree', 'Buffers', 'Cached'].map((key) => meminfo.get(key));
  if (total === undefined || free === undefined || buffers === undefined || pageCache === undefined) return undefined;
  const cached = Math.max(0, pageCache + (meminfo.get('SReclaimable') ?? 0) - (meminfo.get('Shmem') ?? 0));
  const available = meminfo.get('MemAvailable');
  const [swapTotal, swapFree] = [meminfo.get('SwapTotal'), meminfo.get('SwapFree')];
  return {
    total,
    used: Math.max(0, total - free - buffers - cached),
    free,
    buffers,
    cached,
    ...(available === undefined ? {} : { available }),
    ...(swapTotal === undefined || swapFree === undefined || swapFree > swapTotal
      ? {}
      : { swap: { total: swapTotal, used: swapTotal - swapFree, free: swapFree } }),
  };
}

/** Counters of `/proc/vmstat` by name. */
export function parseVmstat(text: string): ReadonlyMap<string, number> {
  const pairs = text.split('\n').map((line) => /^(\w+) (\d{1,18})$/.exec(line.trim()));
  return new Map(pairs.flatMap((match) => (match?.[1] === undefined ? [] : [[match[1], Number(match[2])] as const])));
}

export interface PageFaults {
  readonly major: number;
  readonly minor: number;
}

/** `pgfault` counts both kinds. */
export function pageFaults(vmstat: ReadonlyMap<string, number>): PageFaults | undefined {
  const [all, major] = [vmstat.get('pgfault'), vmstat.get('pgmajfault')];
  return all === undefined || major === undefined || major > all ? undefined : { major, minor: all - major };
}

/** One, five and fifteen minutes. */
export function parseLoadavg(text: string): readonly [number, number, number] | undefined {
  const match = /^(\d+\.\d+) (\d+\.\d+) (\d+\.\d+) /.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2]), Number(match[3])];
}

export interface Pressure {
  /** Share of the last ten seconds in which some task waited. */
  readonly some: number;
  /** Share in which all of them did; the kernel has no such line for the CPUs of the whole system before 5.13. */
  readonly full?: number;
}

export function parsePressure(text: string): Pressure | undefined {
  const share = (kind: string) => new RegExp(`^${kind} avg10=(\\d+\\.\\d+) `, 'm').exec(text)?.[1];
  const [some, full] = [share('some'), share('full')];
  if (some === undefined) return undefined;
  return { some: Number(some) / 100, ...(full === undefined ? {} : { full: Number(full) / 100 }) };
}
