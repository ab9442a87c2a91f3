import {
  chooseFrequency,
  type Frequency,
  type MachineKind,
  parseCpuinfo,
  procfsFrequency,
  sysfsFrequency,
} from '../../core/telemetry/cpu-frequency.ts';
import { metrics } from '../../core/telemetry/metrics.ts';
import type { Reading } from '../../core/telemetry/reading.ts';
import type { Collector } from '../sampler/collector.ts';
import type { TextSource } from './text-source.ts';

const directory = '/sys/devices/system/cpu';

/** What perf has counted of each CPU in its last window; none where perf does not run. */
export interface CycleSource {
  latest(at: number): readonly Frequency[];
  close(): void;
}

/** The frequency of every CPU that some source knows, and the least, greatest and mean of those worth the same. */
export function frequencyCollector(texts: TextSource, machine: MachineKind, cycles?: CycleSource): Collector {
  return {
    name: 'frequency',
    pace: 'fast',
    collect(at) {
      const online = texts.list(directory).flatMap((name) => /^cpu(\d+)$/.exec(name)?.[1] ?? []);
      const cpuinfo = new Map(parseCpuinfo(texts.read('/proc/cpuinfo') ?? '').map((entry) => [entry.cpu, entry]));
      const counted = new Map((cycles?.latest(at) ?? []).map((frequency) => [frequency.cpu, frequency]));
      const numbers = [...new Set([...online.map(Number), ...cpuinfo.keys()])].sort((a, b) => a - b);
      const frequencies = numbers.flatMap((cpu) => {
        const entry = cpuinfo.get(cpu);
        const sysfs = sysfsFrequency(readCpufreq(texts, cpu), machine);
        const procfs = entry === undefined ? undefined : procfsFrequency(entry, machine);
        return chooseFrequency([sysfs, procfs, counted.get(cpu)]) ?? [];
      });
      return [...frequencies.map((frequency) => toReading(frequency, at)), ...aggregates(frequencies, at)];
    },
    close: () => cycles?.close(),
  };
}

function readCpufreq(texts: TextSource, cpu: number) {
  const at = `${directory}/cpu${cpu}/cpufreq`;
  const read = (name: string) => texts.read(`${at}/${name}`);
  const [cpuinfoAvg, cpuinfoCur, scalingCur] = ['cpuinfo_avg_freq', 'cpuinfo_cur_freq', 'scaling_cur_freq'].map(read);
  return {
    cpu,
    directory: at,
    ...(cpuinfoAvg === undefined ? {} : { cpuinfoAvg }),
    ...(cpuinfoCur === undefined ? {} : { cpuinfoCur }),
    ...(scalingCur === undefined ? {} : { scalingCur }),
  };
}

function toReading({ cpu, hertz, source, quality }: Frequency, at: number): Reading {
  return {
    metric: metrics.cpuFrequency.name,
    attributes: { 'cpu.logical_number': cpu },
    value: hertz,
    at,
    source,
    quality,
  };
}

function aggregates(frequencies: readonly Frequency[], at: number): readonly Reading[] {
  const [first] = frequencies;
  const alike = frequencies.every(
    ({ quality, source }) => quality === first?.quality && source.kind === first.source.kind,
  );
  if (first === undefined || !alike) return [];
  const hertz = frequencies.map((frequency) => frequency.hertz);
  const mean = Math.round(hertz.reduce((sum, value) => sum + value, 0) / hertz.length);
  const values = { min: Math.min(...hertz), max: Math.max(...hertz), avg: mean };
  return Object.entries(values).map(([aggregate, value]) => ({
    metric: metrics.cpuFrequencyAggregate.name,
    attributes: { 'sysmonvm.aggregate': aggregate },
    value,
    at,
    source: { kind: first.source.kind },
    quality: first.quality,
  }));
}
