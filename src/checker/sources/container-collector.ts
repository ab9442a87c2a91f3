import {
  type CgroupCpu,
  type ContainerName,
  containerOf,
  parseByteCount,
  parseCgroupCpu,
  parseCpuMax,
} from '../../core/telemetry/cgroup.ts';
import { metrics } from '../../core/telemetry/metrics.ts';
import { parseMountinfo } from '../../core/telemetry/mountinfo.ts';
import type { Reading } from '../../core/telemetry/reading.ts';
import type { Collector } from '../sampler/collector.ts';
import { type Attributes, measured } from './make-reading.ts';
import type { TextSource } from './text-source.ts';

/** Deeper than any runtime puts a container. */
const deepest = 10;

interface Container {
  readonly name: ContainerName;
  readonly directory: string;
  /** The least of its own quota and those above it. */
  readonly limit?: number;
}

interface Before {
  readonly clock: number;
  readonly usage: ReadonlyMap<string, number>;
}

/**
 * CPU time, usage, quota, throttled time and memory of every container, from cgroup v2. A container within a container
 * is part of the outer one.
 * @param clock milliseconds that only go forward.
 */
export function containerCollector(texts: TextSource, clock = () => performance.now()): Collector {
  const root = parseMountinfo(texts.read('/proc/self/mountinfo') ?? '').find(({ type }) => type === 'cgroup2');
  let before: Before | undefined;
  return {
    name: 'containers',
    pace: 'slow',
    collect(at) {
      if (root === undefined) return [];
      const now = clock();
      const usage = new Map<string, number>();
      const readings = findContainers(texts, root.mountPoint).flatMap((container) => {
        const file = `${container.directory}/cpu.stat`;
        const cpu = parseCgroupCpu(texts.read(file) ?? '');
        if (cpu !== undefined) usage.set(container.directory, cpu.usageSeconds);
        const cpuReadings = cpu === undefined ? [] : ofCpu(container, cpu, { file, at, now, before });
        return [...cpuReadings, ...ofLimits(texts, container, at)];
      });
      before = { clock: now, usage };
      return readings;
    },
  };
}

function findContainers(texts: TextSource, root: string): readonly Container[] {
  const walk = (path: string, depth: number, above: number | undefined): readonly Container[] => {
    const directory = `${root}${path}`;
    const own = path === '' ? undefined : parseCpuMax(texts.read(`${directory}/cpu.max`) ?? '');
    const limit = own === undefined || (above !== undefined && above < own) ? above : own;
    const name = containerOf(path);
    if (name !== undefined) return [{ name, directory, ...(limit === undefined ? {} : { limit }) }];
    if (depth >= deepest) return [];
    return texts.directories(directory).flatMap((child) => walk(`${path}/${child}`, depth + 1, limit));
  };
  return walk('', 0, undefined);
}

const attributesOf = ({ name: { id, runtime } }: Container): Attributes => ({
  'container.id': id,
  ...(runtime === undefined ? {} : { 'container.runtime.name': runtime }),
});

interface Round {
  readonly file: string;
  readonly at: number;
  readonly now: number;
  readonly before: Before | undefined;
}

function ofCpu(container: Container, cpu: CgroupCpu, { file, at, now, before }: Round): readonly Reading[] {
  const make = measured(at, { kind: 'cgroup', file });
  const attributes = attributesOf(container);
  const last = before?.usage.get(container.directory);
  const elapsed = before === undefined ? 0 : (now - before.clock) / 1000;
  const used = last === undefined ? -1 : cpu.usageSeconds - last;
  return [
    make(metrics.containerCpuTime, cpu.userSeconds, { ...attributes, 'cpu.mode': 'user' }),
    make(metrics.containerCpuTime, cpu.systemSeconds, { ...attributes, 'cpu.mode': 'system' }),
    ...(used < 0 || elapsed <= 0
      ? []
      : [make(metrics.containerCpuUsage, used / elapsed, attributes, at - elapsed * 1000)]),
    ...(cpu.throttledSeconds === undefined ? [] : [make(metrics.containerThrottled, cpu.throttledSeconds, attributes)]),
  ];
}

function ofLimits(texts: TextSource, container: Container, at: number): readonly Reading[] {
  const attributes = attributesOf(container);
  const quota = measured(at, { kind: 'cgroup', file: `${container.directory}/cpu.max` });
  const file = `${container.directory}/memory.current`;
  const memory = parseByteCount(texts.read(file) ?? '');
  return [
    ...(container.limit === undefined ? [] : [quota(metrics.containerCpuLimit, container.limit, attributes)]),
    ...(memory === undefined
      ? []
      : [measured(at, { kind: 'cgroup', file })(metrics.containerMemory, memory, attributes)]),
  ];
}
