import { metrics } from '../../core/telemetry/metrics.ts';
import {
  memoryUse,
  pageFaults,
  parseLoadavg,
  parseMeminfo,
  parsePressure,
  parseVmstat,
} from '../../core/telemetry/proc-memory.ts';
import type { AttributeValue, Reading } from '../../core/telemetry/reading.ts';
import type { Collector } from '../sampler/collector.ts';
import type { TextSource } from './text-source.ts';

type Made = readonly [{ readonly name: string }, number, Readonly<Record<string, AttributeValue>>?];

/** Memory, swap, page faults, load averages, uptime and pressure. */
export function memoryCollector(texts: TextSource): Collector {
  const parts: readonly (readonly [file: string, read: (text: string) => readonly Made[]])[] = [
    ['/proc/meminfo', memory],
    ['/proc/vmstat', paging],
    ['/proc/loadavg', load],
    ['/proc/uptime', uptime],
    ...(['cpu', 'memory', 'io'] as const).map(
      (resource) => [`/proc/pressure/${resource}`, (text: string) => pressure(text, resource)] as const,
    ),
  ];
  return {
    name: 'memory',
    pace: 'fast',
    collect: (at) =>
      parts.flatMap(([file, read]) =>
        read(texts.read(file) ?? '').map(
          ([metric, value, attributes = {}]): Reading => ({
            metric: metric.name,
            attributes,
            value,
            at,
            source: { kind: 'procfs', file },
            quality: 'measured',
          }),
        ),
      ),
  };
}

function memory(text: string): readonly Made[] {
  const use = memoryUse(parseMeminfo(text));
  if (use === undefined) return [];
  const states = (['used', 'free', 'buffers', 'cached'] as const).flatMap((state): readonly Made[] => [
    [metrics.memoryUsage, use[state], { 'system.memory.state': state }],
    [metrics.memoryUtilization, use[state] / use.total, { 'system.memory.state': state }],
  ]);
  const swap = (['used', 'free'] as const).flatMap((state): readonly Made[] =>
    use.swap === undefined ? [] : [[metrics.pagingUsage, use.swap[state], { 'system.paging.state': state }]],
  );
  const available: readonly Made[] = use.available === undefined ? [] : [[metrics.memoryAvailable, use.available]];
  return [...states, [metrics.memoryLimit, use.total], ...available, ...swap];
}

function paging(text: string): readonly Made[] {
  const vmstat = parseVmstat(text);
  const faults = pageFaults(vmstat);
  const moved = (
    [
      ['in', 'pswpin'],
      ['out', 'pswpout'],
    ] as const
  ).flatMap(([direction, key]): readonly Made[] => {
    const pages = vmstat.get(key);
    return pages === undefined
      ? []
      : [
          [
            metrics.pagingOperations,
            pages,
            { 'system.paging.direction': direction, 'system.paging.fault.type': 'major' },
          ],
        ];
  });
  if (faults === undefined) return moved;
  return [
    [metrics.pagingFaults, faults.major, { 'system.paging.fault.type': 'major' }],
    [metrics.pagingFaults, faults.minor, { 'system.paging.fault.type': 'minor' }],
    ...moved,
  ];
}

function load(text: string): readonly Made[] {
  const averages = parseLoadavg(text);
  if (averages === undefined) return [];
  return [
    [metrics.load1, averages[0]],
    [metrics.load5, averages[1]],
    [metrics.load15, averages[2]],
  ];
}

function uptime(text: string): readonly Made[] {
  const seconds = /^(\d+\.\d+) /.exec(text)?.[1];
  return seconds === undefined ? [] : [[metrics.uptime, Number(seconds)]];
}

function pressure(text: string, resource: string): readonly Made[] {
  const found = parsePressure(text);
  if (found === undefined) return [];
  const made = (kind: string, value: number): Made => [
    metrics.pressure,
    value,
    { 'sysmonvm.pressure.resource': resource, 'sysmonvm.pressure.kind': kind },
  ];
  return [made('some', found.some), ...(found.full === undefined ? [] : [made('full', found.full)])];
}
