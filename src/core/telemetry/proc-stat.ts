/**
 * The text of `/proc/stat`. The kernel counts in ticks of 1/100 s for programs (USER_HZ) on every architecture that we
 * run on, whatever its own timer does. https://docs.kernel.org/filesystems/proc.html
 */
export const ticksPerSecond = 100;

export const cpuModes = ['user', 'nice', 'system', 'idle', 'iowait', 'interrupt', 'steal'] as const;

export type CpuMode = (typeof cpuModes)[number];

/** Ticks since boot. */
export type CpuTicks = Readonly<Record<CpuMode, number>>;

export interface ProcStat {
  readonly all: CpuTicks;
  /** By logical number; a CPU that is offline is not there. */
  readonly cpus: ReadonlyMap<number, CpuTicks>;
  readonly contextSwitches?: number;
  readonly interrupts?: number;
  readonly processesCreated?: number;
  /** Epoch seconds. */
  readonly bootedAt?: number;
}

/** Time in a guest of this machine is counted in `user` as well; both interrupt columns are one mode. */
function ticksOf(columns: readonly number[]): CpuTicks {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = columns;
  return { user, nice, system, idle, iowait, interrupt: irq + softirq, steal };
}

/** undefined: not a text of /proc/stat. */
export function parseProcStat(text: string): ProcStat | undefined {
  const cpus = new Map<number, CpuTicks>();
  const first = new Map<string, number>();
  let all: CpuTicks | undefined;
  for (const line of text.split('\n')) {
    const [key = '', ...rest] = line.trim().split(/\s+/);
    const numbers = rest.map(Number);
    if (numbers.some((number) => !Number.isFinite(number))) continue;
    const cpu = /^cpu(\d*)$/.exec(key);
    if (cpu === null) first.set(key, numbers[0] ?? Number.NaN);
    else if (cpu[1] === '') all = ticksOf(numbers);
    else cpus.set(Number(cpu[1]), ticksOf(numbers));
  }
  if (all === undefined) return undefined;
  const count = (key: string) => {
    const value = first.get(key);
    return value === undefined || Number.isNaN(value) ? undefined : value;
  };
  const optional = {
    contextSwitches: count('ctxt'),
    interrupts: count('intr'),
    processesCreated: count('processes'),
    bootedAt: count('btime'),
  };
  const known = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return { all, cpus, ...known };
}

export interface CpuUsage {
  /** 0…1 of the time, by mode. */
  readonly shares: CpuTicks;
  /** Everything but idle and iowait. */
  readonly busy: number;
  readonly busySeconds: number;
  readonly totalSeconds: number;
}

/**
 * What a CPU did between two readings. undefined: no tick has passed, or the counters went back (a CPU that was taken
 * offline begins anew), so that there is nothing to say. Single counters may lose a tick (iowait does on real machines):
 * that is no time.
 */
export function cpuUsage(before: CpuTicks, after: CpuTicks): CpuUsage | undefined {
  const entries = cpuModes.map((mode) => [mode, Math.max(0, after[mode] - before[mode])] as const);
  const total = entries.reduce((sum, [, ticks]) => sum + ticks, 0);
  const span = cpuModes.reduce((sum, mode) => sum + after[mode] - before[mode], 0);
  if (total <= 0 || span < -2) return undefined;
  const shares = Object.fromEntries(entries.map(([mode, ticks]) => [mode, ticks / total])) as CpuTicks;
  const busy = 1 - shares.idle - shares.iowait;
  return { shares, busy, busySeconds: (busy * total) / ticksPerSecond, totalSeconds: total / ticksPerSecond };
}
