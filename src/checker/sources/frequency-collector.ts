import {
  type CpufreqFile,
  chooseFrequency,
  cpufreqFiles,
  type Frequency,
  parseCpuinfo,
  parseKilohertz,
  procfsQuality,
  sysfsQuality,
  tellsTheMoment,
} from '../../core/telemetry/cpu-frequency.ts';
import { parseCpuList } from '../../core/telemetry/cpu-list.ts';
import type { MachineKind } from '../../core/telemetry/machine-kind.ts';
import { metrics } from '../../core/telemetry/metrics.ts';
import type { Quality, Reading, Source } from '../../core/telemetry/reading.ts';
import type { Collector } from '../sampler/collector.ts';
import { cpuDirectory, readClusters } from './cpu-topology.ts';
import { type Attributes, measured } from './make-reading.ts';
import type { TextSource } from './text-source.ts';

const perfCost: Source = { kind: 'procfs', file: '/proc/PID/stat' };
const perfAttributes: Attributes = { 'sysmonvm.collector': 'perf' };
const cpuinfo: Source = { kind: 'procfs', file: '/proc/cpuinfo' };
/** Drivers and permissions change rarely, and a rated value is always the same. */
const lookAgainMs = 30_000;

/** What perf has counted of each CPU; nothing where perf does not run. */
export interface CycleSource {
  latest(): ReadonlyMap<number, Frequency>;
  /** What its process has used so far; undefined while there has been none. */
  cpuSeconds(): number | undefined;
  close(): void;
}

export interface FrequencyOptions {
  readonly machine: MachineKind;
  readonly flags?: ReadonlySet<string>;
  /** Asked, and thereby started, only where nothing better is known. */
  readonly cycles?: CycleSource;
}

interface CpuFiles {
  readonly cpu: number;
  readonly attributes: Attributes;
  readonly files: readonly { readonly path: string; readonly source: Source; readonly quality: Quality }[];
}

/** The frequency of every CPU that some source knows; if all are, the least, greatest and mean of those worth the same. */
export function frequencyCollector(texts: TextSource, { machine, flags, cycles }: FrequencyOptions): Collector {
  const worth = procfsQuality(flags, machine);
  let looked: { readonly at: number; readonly online: string; readonly cpus: readonly CpuFiles[] } | undefined;
  let listed: { readonly at: number; readonly entries: ReadonlyMap<number, Frequency> } | undefined;

  function look(at: number): readonly CpuFiles[] {
    const online = texts.read(`${cpuDirectory}/online`) ?? '';
    if (looked === undefined || looked.online !== online || Math.abs(at - looked.at) >= lookAgainMs)
      looked = { at, online, cpus: findFiles(texts, machine, online) };
    return looked.cpus;
  }

  function fromCpuinfo(at: number): ReadonlyMap<number, Frequency> {
    const current = listed !== undefined && worth !== 'measured' && Math.abs(at - listed.at) < lookAgainMs;
    if (listed === undefined || !current) listed = { at, entries: readCpuinfo(texts, worth) };
    return listed.entries;
  }

  return {
    name: 'frequency',
    pace: 'fast',
    collect(at) {
      const cpus = look(at);
      const sysfs = cpus.map((cpu) => readSysfs(texts, cpu));
      const isKnown = (found: readonly (Frequency | undefined)[]) =>
        found.every((frequency) => frequency !== undefined && tellsTheMoment(frequency));
      const procfs = isKnown(sysfs) ? undefined : fromCpuinfo(at);
      const withProcfs = cpus.map(({ cpu }, index) => chooseFrequency([sysfs[index], procfs?.get(cpu)]));
      const counted = isKnown(withProcfs) ? undefined : cycles?.latest();
      const frequencies = cpus.flatMap(({ cpu, attributes }, index) => {
        const frequency = chooseFrequency([withProcfs[index], counted?.get(cpu)]);
        return frequency === undefined ? [] : [{ frequency, attributes }];
      });
      const readings = frequencies.map(({ frequency, attributes }) => toReading(frequency, attributes, at));
      const together = frequencies.length < cpus.length ? [] : aggregates(readings, at);
      return [...readings, ...together, ...costOf(cycles, at)];
    },
    close: () => cycles?.close(),
  };
}

function findFiles(texts: TextSource, machine: MachineKind, online: string): readonly CpuFiles[] {
  const names = texts.list(cpuDirectory).flatMap((name) => /^cpu(\d+)$/.exec(name)?.[1] ?? []);
  const cpus = parseCpuList(online) ?? names.map(Number).sort((a, b) => a - b);
  const clusters = readClusters(texts, cpus);
  return cpus.map((cpu) => {
    const at = `${cpuDirectory}/cpu${cpu}/cpufreq`;
    const there = texts.list(at);
    const driver = there.includes('scaling_driver') ? texts.read(`${at}/scaling_driver`)?.trim() : undefined;
    const files = cpufreqFiles.flatMap((file: CpufreqFile) => {
      const quality = sysfsQuality(file, driver, machine);
      const path = `${at}/${file}`;
      if (quality === undefined || !there.includes(file) || !texts.canRead(path)) return [];
      return [{ path, source: { kind: 'sysfs', file: path } as const, quality }];
    });
    const cluster = clusters.get(cpu);
    const attributes = {
      'cpu.logical_number': cpu,
      ...(cluster === undefined ? {} : { 'sysmonvm.cluster': cluster }),
    };
    return { cpu, attributes, files };
  });
}

function readSysfs(texts: TextSource, { cpu, files }: CpuFiles): Frequency | undefined {
  for (const { path, source, quality } of files) {
    const hertz = parseKilohertz(texts.read(path) ?? '');
    if (hertz !== undefined) return { cpu, hertz, source, quality };
  }
  return undefined;
}

function readCpuinfo(texts: TextSource, quality: Quality): ReadonlyMap<number, Frequency> {
  const entries = parseCpuinfo(texts.read('/proc/cpuinfo') ?? '');
  return new Map(
    entries.flatMap(({ cpu, megahertz }) =>
      megahertz === undefined
        ? []
        : [[cpu, { cpu, hertz: Math.round(megahertz * 1e6), source: cpuinfo, quality }] as const],
    ),
  );
}

const toReading = ({ hertz, source, quality }: Frequency, attributes: Attributes, at: number): Reading => ({
  metric: metrics.cpuFrequency.name,
  attributes,
  value: hertz,
  at,
  source,
  quality,
});

/** A process of its own is not in the cost of the collector. */
function costOf(cycles: CycleSource | undefined, at: number): readonly Reading[] {
  const seconds = cycles?.cpuSeconds();
  if (seconds === undefined) return [];
  return [measured(at, perfCost)(metrics.collectorCpu, seconds, perfAttributes)];
}

const aggregateAttributes = (['min', 'max', 'avg'] as const).map((aggregate) => ({ 'sysmonvm.aggregate': aggregate }));

function aggregates(readings: readonly Reading[], at: number): readonly Reading[] {
  const [first] = readings;
  const alike = readings.every(
    ({ quality, source }) => quality === first?.quality && source.kind === first.source.kind,
  );
  if (first === undefined || !alike) return [];
  const hertz = readings.map(({ value }) => value);
  const mean = Math.round(hertz.reduce((sum, value) => sum + value, 0) / hertz.length);
  const values = [Math.min(...hertz), Math.max(...hertz), mean];
  return aggregateAttributes.map((attributes, index) => ({
    metric: metrics.cpuFrequencyAggregate.name,
    attributes,
    value: values[index] ?? mean,
    at,
    source: { kind: first.source.kind },
    quality: first.quality,
  }));
}
