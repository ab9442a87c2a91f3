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

interface OneCpu {
  windows: readonly CycleWindow[];
  verdict: CounterVerdict;
}

/** Cycles of each CPU beside its busy time, and the frequency over the last second. */
export interface CycleWindows {
  /** A counter has begun anew. */
  begin(ticks: Ticks | undefined): void;
  add(counts: readonly CycleCount[], ticks: Ticks): void;
  frequencies(): ReadonlyMap<number, Frequency>;
}

/** @param intervalMs of the counts. */
export function createCycleWindows(machine: MachineKind, intervalMs: number): CycleWindows {
  const cpus = new Map<number, OneCpu>();
  let before: { readonly atSeconds: number; readonly ticks: Ticks } | undefined;
  let newest = new Map<number, Frequency>();
  const together = Math.max(1, Math.ceil((windowSeconds * 1000) / intervalMs));

  function addOne(count: CycleCount, ticks: Ticks): Frequency | undefined {
    const [last, now] = [before?.ticks.get(count.cpu), ticks.get(count.cpu)];
    const usage = last === undefined || now === undefined ? undefined : cpuUsage(last, now);
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
    begin(ticks) {
      before = ticks && { atSeconds: 0, ticks };
    },
    add(counts, ticks) {
      const frequencies = counts.flatMap((count) => addOne(count, ticks) ?? []);
      newest = new Map(frequencies.map((frequency) => [frequency.cpu, frequency]));
      before = { atSeconds: counts[0]?.atSeconds ?? 0, ticks };
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
