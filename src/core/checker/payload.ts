import { metrics } from '../telemetry/metrics.ts';
import type { Reading, Sample } from '../telemetry/reading.ts';

/**
 * The JSON in `message` of GetStatus and in `data` of GetResults, as decoders of the sysmon service know it. Their keys,
 * types and omission rules are kept: `label`, `cluster`, `clusters`, `host_id`, `host_ip` and `agent_id` are left out
 * when empty, and so is a frequency that is not known. What they do not know of lies under `sysmonvm`.
 */
export interface Identity {
  readonly hostId: string;
  readonly hostname: string;
  readonly hostIp: string;
  readonly agentId: string;
}

interface Latest {
  /** The newest readings of every collector. */
  readonly readings: readonly Reading[];
  readonly at: number;
}

export interface Payload {
  readonly available: true;
  /** Nanoseconds that the answer took. */
  readonly response_time: number;
  readonly status: {
    readonly timestamp: string;
    readonly host_id?: string;
    readonly host_ip?: string;
    readonly hostname?: string;
    readonly cpus: readonly CpuRow[];
    readonly clusters?: readonly ClusterRow[];
    readonly disks: readonly DiskRow[];
    readonly memory?: MemoryRow;
    readonly processes: readonly ProcessRow[];
  };
  readonly sysmonvm: Additions;
}

interface Origin {
  readonly timestamp: string;
  readonly host_id?: string;
  readonly host_ip?: string;
  readonly agent_id?: string;
}

interface CpuRow extends Origin {
  readonly core_id: number;
  readonly label?: string;
  readonly cluster?: string;
  readonly usage_percent?: number;
  readonly frequency_hz?: number;
}

interface ClusterRow extends Origin {
  readonly name: string;
  readonly frequency_hz: number;
}

interface DiskRow extends Origin {
  readonly mount_point: string;
  readonly used_bytes: number;
  readonly total_bytes: number;
}

interface MemoryRow extends Origin {
  readonly used_bytes: number;
  readonly total_bytes: number;
}

interface ProcessRow extends Origin {
  readonly pid: number;
  readonly name: string;
  readonly cpu_usage?: number;
  readonly memory_usage: number;
  readonly status?: string;
  readonly start_time?: string;
}

interface Additions {
  readonly schemaVersion: 1;
  readonly sequence: string;
  /** Of each CPU whose frequency is known: where from, and what it is worth. */
  readonly frequency: readonly { readonly core_id: number; readonly source: string; readonly quality: string }[];
  /** The samples since the sequence that was asked with, the oldest first: busy share and frequency of each CPU. */
  readonly samples: readonly {
    readonly timestamp: string;
    readonly cpus: readonly {
      readonly core_id: number;
      readonly usage_percent?: number;
      readonly frequency_hz?: number;
    }[];
  }[];
  /** Samples since the sequence that was asked with which are no longer kept. */
  readonly lost: number;
}

export interface PayloadRequest {
  readonly identity: Identity;
  readonly latest: Latest;
  readonly sequence: string;
  readonly samples: readonly Sample[];
  readonly lost: number;
}

const rfc3339 = (at: number) => new Date(at).toISOString();

const given = <T>(key: string, value: T | '' | undefined) =>
  value === '' || value === undefined ? {} : { [key]: value };

function originOf(identity: Identity, at: number): Origin {
  return {
    timestamp: rfc3339(at),
    ...given('host_id', identity.hostId),
    ...given('host_ip', identity.hostIp),
    ...given('agent_id', identity.agentId),
  };
}

/** Decoders read bytes into whole numbers and refuse a fraction. */
const bytes = (reading: Reading) => Math.round(reading.value);
const percent = (share: number) => Math.round(share * 100_000) / 1000;

/** Everything but the time that the answer took. */
export function toPayload(request: PayloadRequest): Omit<Payload, 'available' | 'response_time'> {
  const { identity, latest, sequence, samples, lost } = request;
  const { readings } = latest;
  const of = (metric: { readonly name: string }) => readings.filter((reading) => reading.metric === metric.name);
  const clusters = of(metrics.cpuFrequency).filter(
    ({ attributes }) => 'sysmonvm.cluster' in attributes && !('cpu.logical_number' in attributes),
  );
  return {
    status: {
      timestamp: rfc3339(latest.at),
      ...given('host_id', identity.hostId),
      ...given('host_ip', identity.hostIp),
      ...given('hostname', identity.hostname),
      cpus: cpuRows(readings, identity),
      ...(clusters.length === 0
        ? {}
        : {
            clusters: clusters.map((reading) => ({
              name: String(reading.attributes['sysmonvm.cluster']),
              frequency_hz: reading.value,
              ...originOf(identity, reading.at),
            })),
          }),
      disks: diskRows(of(metrics.filesystemUsage), of(metrics.filesystemLimit), identity),
      ...memoryRow(of(metrics.memoryUsage), of(metrics.memoryLimit), identity),
      processes: processRows(of(metrics.processMemory), of(metrics.processCpuUsage), identity),
    },
    sysmonvm: {
      schemaVersion: 1,
      sequence,
      frequency: of(metrics.cpuFrequency).flatMap(({ attributes, source, quality }) =>
        typeof attributes['cpu.logical_number'] === 'number'
          ? [{ core_id: attributes['cpu.logical_number'], source: source.kind, quality }]
          : [],
      ),
      samples: samples.map((sample) => ({
        timestamp: rfc3339(sample.at),
        cpus: [...cpuNumbers(sample.readings).values()],
      })),
      lost,
    },
  };
}

interface CpuNumbers {
  readonly core_id: number;
  readonly usage_percent?: number;
  readonly frequency_hz?: number;
}

function cpuNumbers(readings: readonly Reading[]): ReadonlyMap<number, CpuNumbers> {
  const rows = new Map<number, { -readonly [Key in keyof CpuNumbers]: CpuNumbers[Key] }>();
  for (const { metric, attributes, value } of readings) {
    const isBusy = metric === metrics.cpuBusy.name;
    if (!isBusy && metric !== metrics.cpuFrequency.name) continue;
    const cpu = attributes['cpu.logical_number'];
    if (typeof cpu !== 'number') continue;
    const row = rows.get(cpu) ?? { core_id: cpu };
    rows.set(cpu, row);
    if (isBusy) row.usage_percent = percent(value);
    else row.frequency_hz = value;
  }
  return new Map([...rows].sort(([a], [b]) => a - b));
}

/** Every CPU there is, also one of which neither usage nor frequency is known. */
function cpuRows(readings: readonly Reading[], identity: Identity): readonly CpuRow[] {
  const about = new Map<number, Reading>();
  for (const reading of readings) {
    const cpu = reading.attributes['cpu.logical_number'];
    if (typeof cpu === 'number') about.set(cpu, reading);
  }
  const numbers = cpuNumbers(readings);
  let origin: Origin | undefined;
  let originAt: number | undefined;
  return [...about]
    .sort(([a], [b]) => a - b)
    .map(([cpu, { attributes, at }]) => {
      // Mostly they were all read at once.
      if (origin === undefined || at !== originAt) origin = originOf(identity, at);
      originAt = at;
      const label = String(attributes['sysmonvm.cpu.label'] ?? `CPU${cpu}`);
      const cluster = given('cluster', attributes['sysmonvm.cluster'] as string | undefined);
      return { ...(numbers.get(cpu) ?? { core_id: cpu }), label, ...cluster, ...origin };
    });
}

function diskRows(usage: readonly Reading[], limits: readonly Reading[], identity: Identity): readonly DiskRow[] {
  const mountPoint = ({ attributes }: Reading) => String(attributes['system.filesystem.mountpoint']);
  return limits.flatMap((limit) => {
    const used = usage.find(
      (reading) =>
        mountPoint(reading) === mountPoint(limit) && reading.attributes['system.filesystem.state'] === 'used',
    );
    if (used === undefined) return [];
    const sizes = { used_bytes: bytes(used), total_bytes: bytes(limit) };
    return [{ mount_point: mountPoint(limit), ...sizes, ...originOf(identity, limit.at) }];
  });
}

function memoryRow(usage: readonly Reading[], limits: readonly Reading[], identity: Identity) {
  const used = usage.find(({ attributes }) => attributes['system.memory.state'] === 'used');
  const [limit] = limits;
  if (used === undefined || limit === undefined) return {};
  return { memory: { used_bytes: bytes(used), total_bytes: bytes(limit), ...originOf(identity, used.at) } };
}

function processRows(memory: readonly Reading[], cpu: readonly Reading[], identity: Identity): readonly ProcessRow[] {
  return memory.map((resident) => {
    const { attributes, at, state } = resident;
    const pid = attributes['process.pid'];
    const busy = cpu.find((reading) => reading.attributes['process.pid'] === pid);
    return {
      pid: Number(pid),
      name: String(attributes['process.command'] ?? ''),
      ...(busy === undefined ? {} : { cpu_usage: percent(busy.value) }),
      memory_usage: bytes(resident),
      ...given('status', state),
      ...given('start_time', attributes['process.creation.time'] as string | undefined),
      ...originOf(identity, at),
    };
  });
}

export interface FailurePayload {
  readonly available: false;
  readonly response_time: number;
  readonly error: string;
}

export function failurePayload(reasons: readonly string[], responseTimeNs: number): FailurePayload {
  return { available: false, response_time: responseTimeNs, error: reasons.join('\n') };
}
