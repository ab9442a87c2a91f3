import { metrics } from '../../core/telemetry/metrics.ts';
import {
  type CpuMode,
  type CpuTicks,
  cpuModes,
  cpuUsage,
  type ProcStat,
  parseProcStat,
  ticksPerSecond,
} from '../../core/telemetry/proc-stat.ts';
import type { Reading, Source } from '../../core/telemetry/reading.ts';
import type { Collector } from '../sampler/collector.ts';
import { countCores } from './cpu-topology.ts';
import { type Attributes, measured, remembered } from './make-reading.ts';
import type { TextSource } from './text-source.ts';

const source: Source = { kind: 'procfs', file: '/proc/stat' };
const topology: Source = { kind: 'sysfs', file: '/sys/devices/system/cpu/cpu*/topology/core_cpus_list' };

type Make = ReturnType<typeof measured>;

/**
 * Time by mode and busy share of every CPU, utilisation by mode and busy share of all together, context switches,
 * interrupts. A share is over the time since the last round: the first round has none. Times of all together would
 * count twice for whoever adds them up.
 */
export function cpuCollector(texts: TextSource): Collector {
  let before: { readonly at: number; readonly stat: ProcStat } | undefined;
  const timeAttributes = remembered((cpu: number) =>
    cpuModes.map((mode): readonly [CpuMode, Attributes] => [mode, { 'cpu.logical_number': cpu, 'cpu.mode': mode }]),
  );
  /** By how many CPUs there are: the topology changes with them. */
  const cores = remembered((_: number) => countCores(texts, [...(before?.stat.cpus.keys() ?? [])]));
  const busyAttributes = remembered((cpu: number): Attributes => ({ 'cpu.logical_number': cpu }));

  function ofOne(cpu: number, ticks: CpuTicks, make: Make, bootedAt: number | undefined): readonly Reading[] {
    const readings = timeAttributes(cpu).map(([mode, attributes]) =>
      make(metrics.cpuTime, ticks[mode] / ticksPerSecond, attributes, bootedAt),
    );
    const last = before?.stat.cpus.get(cpu);
    const usage = last === undefined ? undefined : cpuUsage(last, ticks);
    if (usage !== undefined) readings.push(make(metrics.cpuBusy, usage.busy, busyAttributes(cpu), before?.at));
    return readings;
  }

  return {
    name: 'cpu',
    pace: 'fast',
    collect(at) {
      const stat = parseProcStat(texts.read('/proc/stat') ?? '');
      if (stat === undefined) throw new Error('/proc/stat cannot be read');
      const make = measured(at, source);
      const bootedAt = stat.bootedAt === undefined ? undefined : stat.bootedAt * 1000;
      const readings = [...stat.cpus].flatMap(([cpu, ticks]) => ofOne(cpu, ticks, make, bootedAt));
      const together = before === undefined ? undefined : cpuUsage(before.stat.all, stat.all);
      if (together !== undefined) readings.push(...ofAll(together, make, before?.at));
      before = { at, stat };
      const physical = cores(stat.cpus.size);
      return [
        ...readings,
        ...counted(stat, make, bootedAt),
        ...(physical === undefined ? [] : [measured(at, topology)(metrics.cpuPhysicalCount, physical)]),
      ];
    },
  };
}

const modeAttributes = remembered((mode: CpuMode): Attributes => ({ 'cpu.mode': mode }));

function ofAll(usage: NonNullable<ReturnType<typeof cpuUsage>>, make: Make, since: number | undefined) {
  return [
    ...cpuModes.map((mode) => make(metrics.cpuUtilization, usage.shares[mode], modeAttributes(mode), since)),
    make(metrics.cpuBusy, usage.busy, undefined, since),
  ];
}

function counted(stat: ProcStat, make: Make, bootedAt: number | undefined): readonly Reading[] {
  const counters = [
    [metrics.contextSwitches, stat.contextSwitches],
    [metrics.interrupts, stat.interrupts],
    [metrics.processCreated, stat.processesCreated],
  ] as const;
  return [
    make(metrics.cpuLogicalCount, stat.cpus.size),
    ...counters.flatMap(([metric, value]) => (value === undefined ? [] : [make(metric, value, undefined, bootedAt)])),
  ];
}
