import type { Frequency } from './cpu-frequency.ts';
import type { MachineKind } from './machine-kind.ts';

/**
 * The lines of `perf stat -I MS -x, -a -A -e cycles`, and what can be said of a counter of cycles.
 *
 *     0.250317425,CPU0,187439201,,cycles,250298123,100.00,,
 *
 * Cycles count while a CPU is not halted, so a frequency is cycles over busy time. A counter that runs on while the CPU
 * is idle is not one of cycles: QEMU's PMU counts its virtual clock at a fixed rate.
 */
export interface CycleWindow {
  readonly cpu: number;
  readonly cycles: number;
  readonly wallSeconds: number;
  /** From /proc/stat over the same time. */
  readonly busySeconds: number;
}

export interface CycleCount {
  readonly cpu: number;
  /** Seconds since perf began to count. */
  readonly atSeconds: number;
  /** undefined: `<not supported>` or `<not counted>`. */
  readonly cycles?: number;
}

/** undefined: a comment, or a line of something else. */
export function parsePerfLine(line: string): CycleCount | undefined {
  const [time = '', cpu = '', count = '', , event = ''] = line.trim().split(',');
  const number = /^CPU(\d{1,5})$/.exec(cpu)?.[1];
  if (number === undefined || !/^\d{1,12}(\.\d{1,9})?$/.test(time) || !/(^|\/)cycles(\/|:|$)/.test(event))
    return undefined;
  const at = { cpu: Number(number), atSeconds: Number(time) };
  if (/^\d{1,15}$/.test(count)) return { ...at, cycles: Number(count) };
  return /^<.*>$/.test(count) ? at : undefined;
}

export type CounterVerdict = 'counts-cycles' | 'counts-time' | 'not-known';

/** No processor is clocked higher; a counter that gives more for the busy time has counted idle time too. */
const highestHertz = 10e9;
/** Shares of busy time that tell two windows apart, and how alike rates are when the load plays no part. */
const differentLoad = 0.3;
const sameRate = 0.02;
const leastBusySeconds = 0.02;
/** One window may err: ticks miss what runs between them, and a slow clock under load may equal a fast one without. */
const leastWindows = 4;

/**
 * The windows of one CPU. Rates per second of the clock which are the same whatever the load, or mostly more than any
 * processor can do in its busy time, give an emulator's counter away.
 */
export function judgeCounter(windows: readonly CycleWindow[]): CounterVerdict {
  const rates = windows
    .filter(({ wallSeconds }) => wallSeconds > 0)
    .map(({ cycles, wallSeconds, busySeconds }) => ({
      perSecond: cycles / wallSeconds,
      load: busySeconds / wallSeconds,
      impossible: cycles / Math.max(busySeconds, leastBusySeconds) > highestHertz,
    }));
  if (rates.length < leastWindows) return 'not-known';
  if (rates.filter(({ impossible }) => impossible).length > rates.length / 2) return 'counts-time';
  const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
  if (spread(rates.map(({ load }) => load)) < differentLoad) return 'not-known';
  const perSecond = rates.map((rate) => rate.perSecond);
  return spread(perSecond) <= sameRate * Math.max(...perSecond) ? 'counts-time' : 'counts-cycles';
}

/**
 * undefined: the CPU was hardly busy, so that ticks of 10 ms say nothing about its busy time; or nobody knows yet what
 * the counter of a virtual CPU counts.
 */
export function perfFrequency(
  window: CycleWindow,
  verdict: CounterVerdict,
  machine: MachineKind,
): Frequency | undefined {
  const { cpu, cycles, wallSeconds, busySeconds } = window;
  const source = { kind: 'perf', file: 'cycles' } as const;
  if (verdict === 'counts-time' || machine === 'emulator')
    return wallSeconds <= 0 || cycles <= 0
      ? undefined
      : { cpu, hertz: Math.round(cycles / wallSeconds), source, quality: 'synthetic' };
  if (verdict === 'not-known' && machine !== 'physical') return undefined;
  if (busySeconds < leastBusySeconds || cycles <= 0 || cycles / busySeconds > highestHertz) return undefined;
  return { cpu, hertz: Math.round(cycles / busySeconds), source, quality: 'measured' };
}
