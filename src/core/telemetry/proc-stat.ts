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

/** Kernels from 2.6.11 on have all of these columns. */
const leastColumns = 8;

/**
 * Time in a guest of this machine is counted in `user` as well; both interrupt columns are one mode.
 * undefined: something else stands there than the counts that every kernel writes.
 */
function ticksOf(columns: readonly string[]): CpuTicks | undefined {
  if (columns.length < leastColumns || !columns.every((column) => /^\d{1,15}$/.test(column))) return undefined;
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = columns.map(Number);
  return { user, nice, system, idle, iowait, interrupt: irq + softirq, steal };
}

/** The line `intr` has a column for each interrupt: only the first one, their sum, is looked at. */
function firstNumber(text: string, key: string): number | undefined {
  const found = new RegExp(`^${key} (\\d{1,15})(?: |$)`, 'm').exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** undefined: not a text of /proc/stat. */
export function parseProcStat(text: string): ProcStat | undefined {
  const cpus = new Map<number, CpuTicks>();
  let all: CpuTicks | undefined;
  for (const [, number = '', columns = ''] of text.matchAll(/^cpu(\d{0,5}) +(.*)$/gm)) {
    const ticks = ticksOf(columns.trim().split(' '));
    if (ticks === undefined) continue;
    if (number === '') all = ticks;
    else cpus.set(Number(number), ticks);
  }
  if (all === undefined) return undefined;
  const optional = {
    contextSwitches: firstNumber(text, 'ctxt'),
    interrupts: firstNumber(text, 'intr'),
    processesCreated: firstNumber(text, 'processes'),
    bootedAt: firstNumber(text, 'btime'),
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

/** Counters that are read one after the other may seem to lose so many ticks. */
const lostTicks = 2;

/**
 * What a CPU did between two readings. undefined: no tick has passed, or a counter went back (a CPU that was taken
 * offline may begin anew), so that there is nothing to say. `iowait` alone may go back on real machines: the kernel
 * guesses at which of two idle times it is, and only their sum grows.
 */
export function cpuUsage(before: CpuTicks, after: CpuTicks): CpuUsage | undefined {
  const gone = (mode: CpuMode) => after[mode] - before[mode];
  const unused = gone('idle') + gone('iowait');
  const used = cpuModes.filter((mode) => mode !== 'idle' && mode !== 'iowait');
  if (unused < -lostTicks || used.some((mode) => gone(mode) < -lostTicks)) return undefined;
  const idleAndWaiting = Math.max(0, unused);
  const iowait = Math.min(Math.max(0, gone('iowait')), idleAndWaiting);
  const ticks = (mode: CpuMode) =>
    mode === 'iowait' ? iowait : mode === 'idle' ? idleAndWaiting - iowait : Math.max(0, gone(mode));
  const busyTicks = used.reduce((sum, mode) => sum + ticks(mode), 0);
  const total = busyTicks + idleAndWaiting;
  if (total <= 0) return undefined;
  const shares = Object.fromEntries(cpuModes.map((mode) => [mode, ticks(mode) / total])) as CpuTicks;
  return {
    shares,
    busy: busyTicks / total,
    busySeconds: busyTicks / ticksPerSecond,
    totalSeconds: total / ticksPerSecond,
  };
}
