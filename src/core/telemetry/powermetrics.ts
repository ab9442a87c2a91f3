import { metrics } from './metrics.ts';
import type { AttributeValue, Reading, Source } from './reading.ts';

/**
 * One sample of `powermetrics --samplers cpu_power,thermal -f plist`, read from its parsed property list. Keys and units
 * vary from release to release of macOS, so every value is looked at by itself, and what is not what it should be is
 * left out.
 *
 *     processor
 *       clusters[]            name (E-Cluster, P-Cluster, P0-Cluster …), freq_hz
 *         cpus[]              cpu, freq_hz, idle_ratio, down_ratio
 *       cpu_power, gpu_power, ane_power, combined_power   mW
 *     thermal_pressure        Nominal … Critical
 */
type Json = Readonly<Record<string, unknown>>;

const object = (value: unknown): Json => (typeof value === 'object' && value !== null ? (value as Json) : {});
const objects = (value: unknown): readonly Json[] => (Array.isArray(value) ? value.map(object) : []);
const number = (value: unknown) => (typeof value === 'number' && Number.isFinite(value) ? value : undefined);
const word = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

const tool = 'powermetrics';

/** Names that have been seen, and those of the kernel's own list. */
const pressures: Readonly<Record<string, number>> = {
  nominal: 0,
  light: 1,
  moderate: 2,
  heavy: 3,
  critical: 4,
  trapping: 4,
  sleeping: 4,
};

const powers = { cpu: 'cpu_power', gpu: 'gpu_power', ane: 'ane_power', combined: 'combined_power' } as const;

export interface PowermetricsOptions {
  /** Epoch milliseconds at which the sample was complete. */
  readonly at: number;
}

/** @param plist the parsed property list; anything else gives no readings. */
export function powermetricsReadings(plist: unknown, { at }: PowermetricsOptions): readonly Reading[] {
  const sample = object(plist);
  const processor = object(sample['processor']);
  const clusters = objects(processor['clusters']);
  const elapsed = number(sample['elapsed_ns']);
  const over = elapsed === undefined || elapsed <= 0 ? { at } : { at, since: at - elapsed / 1e6 };
  const release = word(sample['kern_version']);
  const labels = cpuLabels(clusters);
  return [
    ...clusters.flatMap((cluster) => [
      ...clusterReadings(cluster, release, over),
      ...objects(cluster['cpus']).flatMap((cpu) => cpuReadings(cpu, cluster, { labels, release, over })),
    ]),
    ...powerReadings(processor, over),
    ...pressureReadings(sample, at),
  ];
}

interface Over {
  readonly at: number;
  readonly since?: number;
}

function clusterReadings(cluster: Json, release: string | undefined, over: Over): readonly Reading[] {
  const name = clusterName(cluster);
  const source = frequencySource('processor.clusters.freq_hz', cluster['freq_hz'], release);
  if (name === undefined || source === undefined) return [];
  return [frequencyReading({ 'sysmonvm.cluster': name }, source, over)];
}

interface CpuContext {
  readonly labels: ReadonlyMap<number, string>;
  readonly release: string | undefined;
  readonly over: Over;
}

function cpuReadings(cpu: Json, cluster: Json, { labels, release, over }: CpuContext): readonly Reading[] {
  const logical = number(cpu['cpu']);
  if (logical === undefined || !Number.isInteger(logical) || logical < 0) return [];
  const [name, label] = [clusterName(cluster), labels.get(logical)];
  const attributes = {
    'cpu.logical_number': logical,
    ...(name === undefined ? {} : { 'sysmonvm.cluster': name }),
    ...(label === undefined ? {} : { 'sysmonvm.cpu.label': label }),
  };
  const source = frequencySource('processor.clusters.cpus.freq_hz', cpu['freq_hz'], release);
  const busy = busyShare(cpu);
  return [
    ...(source === undefined ? [] : [frequencyReading(attributes, source, over)]),
    ...(busy === undefined
      ? []
      : [hostReading(metrics.cpuBusy, busy, attributes, 'processor.clusters.cpus.idle_ratio', over)]),
  ];
}

/** Idle and, where a release counts it by itself, powered down: neither is work. */
function busyShare(cpu: Json): number | undefined {
  const [idle, down = 0] = [number(cpu['idle_ratio']), number(cpu['down_ratio'])];
  if (idle === undefined || idle < 0 || idle > 1 || down < 0 || down > 1) return undefined;
  const resting = idle + down <= 1 + 1e-3 ? idle + down : idle;
  return Math.min(1, Math.max(0, 1 - resting));
}

interface FrequencySource {
  readonly hertz: number;
  readonly source: Source;
}

/**
 * The key says Hz, and some releases put MHz into it: no CPU of a Mac runs below 1 MHz, so a value below a million is
 * MHz. Which release said so is recorded, with the number as it stood there; a sample that does not name its release
 * gives no frequency then. 0 is a CPU that was powered down: it has none.
 */
function frequencySource(file: string, raw: unknown, release: string | undefined): FrequencySource | undefined {
  const value = number(raw);
  if (value === undefined || value <= 0) return undefined;
  const inMegahertz = value < 1e6;
  if (inMegahertz && release === undefined) return undefined;
  return {
    hertz: Math.round(inMegahertz ? value * 1e6 : value),
    source: {
      kind: 'host',
      file: `${tool} ${file}`,
      raw: { value, unit: inMegahertz ? 'MHz' : 'Hz', ...(release === undefined ? {} : { release }) },
    },
  };
}

function frequencyReading(
  attributes: Readonly<Record<string, AttributeValue>>,
  { hertz, source }: FrequencySource,
  over: Over,
): Reading {
  return { metric: metrics.cpuFrequency.name, attributes, value: hertz, ...over, source, quality: 'measured' };
}

function hostReading(
  metric: { readonly name: string },
  value: number,
  attributes: Readonly<Record<string, AttributeValue>>,
  key: string,
  over: Over,
): Reading {
  const source: Source = { kind: 'host', file: `${tool} ${key}` };
  return { metric: metric.name, attributes, value, ...over, source, quality: 'measured' };
}

function powerReadings(processor: Json, over: Over): readonly Reading[] {
  return Object.entries(powers).flatMap(([id, key]) => {
    const milliwatts = number(processor[key]);
    if (milliwatts === undefined || milliwatts < 0) return [];
    return [hostReading(metrics.hostPower, milliwatts / 1000, { 'hw.id': id }, `processor.${key}`, over)];
  });
}

function pressureReadings(sample: Json, at: number): readonly Reading[] {
  const level = pressures[word(sample['thermal_pressure'])?.toLowerCase() ?? ''];
  return level === undefined ? [] : [hostReading(metrics.thermalPressure, level, {}, 'thermal_pressure', { at })];
}

const clusterPattern = /^([A-Z])(\d*)-Cluster$/;

/** `E-Cluster` is ECPU, `P1-Cluster` P1CPU. */
function clusterName(cluster: Json): string | undefined {
  const name = word(cluster['name']);
  const [, kind, index = ''] = clusterPattern.exec(name ?? '') ?? [];
  return kind === undefined ? name : `${kind}${index}CPU`;
}

/** ECPU0 … and PCPU0 …: counted within a kind of core over all its clusters, in the order of the CPUs' numbers. */
function cpuLabels(clusters: readonly Json[]): ReadonlyMap<number, string> {
  const cpus = clusters.flatMap((cluster) => {
    const kind = clusterPattern.exec(word(cluster['name']) ?? '')?.[1];
    return objects(cluster['cpus']).flatMap((cpu) => {
      const logical = number(cpu['cpu']);
      return kind === undefined || logical === undefined ? [] : [{ kind, logical }];
    });
  });
  const counts = new Map<string, number>();
  return new Map(
    cpus
      .sort((a, b) => a.logical - b.logical)
      .map(({ kind, logical }) => {
        const index = counts.get(kind) ?? 0;
        counts.set(kind, index + 1);
        return [logical, `${kind}CPU${index}`] as const;
      }),
  );
}
