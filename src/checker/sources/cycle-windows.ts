import type { Frequency } from '../../core/telemetry/cpu-frequency.ts';
import type { MachineKind } from '../../core/telemetry/machine-kind.ts';
import {
  type CounterVerdict,
  type CycleCount,
  type CycleWindow,
  judgeCounter,
  perfFrequency,
} from '../../core/telemetry/perf-cycles.ts';
import { type CpuTicks, cpuUsage } from '../../core/telemetry/proc-stat.ts';

type Ticks = ReadonlyMap<number, CpuTicks>;

/** Ticks of 10 ms are within 2 % of the busy time of one second. */
const windowSeconds = 1;
const judgedWindows = 40;

interface Moment {
  readonly atSeconds: number;
  readonly ticks: Ticks;
}

interface OneCpu {
  windows: readonly CycleWindow[];
  verdict: CounterVerdict;
}

/** Cycles of each CPU beside its busy time, and the frequency over the last second. */
export interface CycleWindows {
  /** The counter has begun anew. When exactly is not known, so its first counts only mark where a window begins. */
  begin(): void;
  /** Counts of one moment; those of further CPUs may come with a second call. */
  add(counts: readonly CycleCount[], ticks: Ticks): void;
  frequencies(): ReadonlyMap<number, Frequency>;
}

/** @param intervalMs of the counts. */
export function createCycleWindows(machine: MachineKind, intervalMs: number): CycleWindows {
  const cpus = new Map<number, OneCpu>();
  let before: Moment | undefined;
  let now: Moment | undefined;
  let newest = new Map<number, Frequency>();
  const together = Math.max(1, Math.ceil((windowSeconds * 1000) / intervalMs));

  function addOne(count: CycleCount): Frequency | undefined {
    const [from, to] = [before?.ticks.get(count.cpu), now?.ticks.get(count.cpu)];
    const usage = from === undefined || to === undefined ? undefined : cpuUsage(from, to);
    if (usage === undefined || count.cycles === undefined || before === undefined) return undefined;
    // What was stolen was not run: the counter of a virtual CPU stood still.
    const busySeconds = Math.max(0, usage.busySeconds - usage.shares.steal * usage.totalSeconds);
    const wallSeconds = count.atSeconds - before.atSeconds;
    const one = cpus.get(count.cpu) ?? { windows: [], verdict: 'not-known' };
    const windows = [...one.windows, { cpu: count.cpu, cycles: count.cycles, wallSeconds, busySeconds }];
    one.windows = windows.slice(-judgedWindows);
    const verdict = judgeCounter(one.windows);
    if (verdict !== 'not-known') one.verdict = verdict;
    cpus.set(count.cpu, one);
    return perfFrequency(sum(count.cpu, one.windows.slice(-together)), one.verdict, machine);
  }

  return {
    begin() {
      before = undefined;
      now = undefined;
    },
    add(counts, ticks) {
      const atSeconds = counts[0]?.atSeconds;
      if (atSeconds === undefined) return;
      if (atSeconds !== now?.atSeconds) {
        before = now;
        now = { atSeconds, ticks };
        newest = new Map();
      }
      for (const count of counts) {
        const frequency = addOne(count);
        if (frequency !== undefined) newest.set(count.cpu, frequency);
      }
    },
    frequencies: () => newest,
  };
}

function sum(cpu: number, windows: readonly CycleWindow[]): CycleWindow {
  const total = (value: (window: CycleWindow) => number) => windows.reduce((all, window) => all + value(window), 0);
  return {
    cpu,
    cycles: total(({ cycles }) => cycles),
    wallSeconds: total(({ wallSeconds }) => wallSeconds),
    busySeconds: total(({ busySeconds }) => busySeconds),
  };
}
