import { execFile } from 'node:child_process';
import { type CpuInfo, cpus, loadavg, uptime } from 'node:os';
import { promisify } from 'node:util';
import type { CheckerConfig } from '../../core/checker/config.ts';
import { macMemoryReadings } from '../../core/telemetry/mac-memory.ts';
import { metrics } from '../../core/telemetry/metrics.ts';
import type { AttributeValue, Reading } from '../../core/telemetry/reading.ts';
import type { Collector } from '../sampler/collector.ts';
import { powermetricsCollector } from './powermetrics-collector.ts';

const run = promisify(execFile);

const said = async (tool: string, args: readonly string[]): Promise<string> => {
  try {
    return (await run(tool, [...args], { encoding: 'utf8', timeout: 5000 })).stdout;
  } catch {
    return '';
  }
};

const modes = { user: 'user', nice: 'nice', system: 'sys', idle: 'idle' } as const;

/**
 * CPU time of a Mac by mode, from the kernel's ticks that need no right. The busy share is powermetrics' where that
 * runs: two numbers of one name would be one too many.
 */
export function macCpuCollector(
  measuredElsewhere: (at: number) => boolean,
  read: () => readonly Pick<CpuInfo, 'times'>[] = cpus,
): Collector {
  let before: { readonly at: number; readonly times: readonly CpuInfo['times'][] } | undefined;
  const source = { kind: 'host', file: 'host_processor_info' } as const;
  return {
    name: 'cpu',
    pace: 'fast',
    collect(at) {
      const last = before;
      const times = read().map((cpu) => cpu.times);
      before = { at, times };
      const made = (
        metric: { readonly name: string },
        value: number,
        attributes: Readonly<Record<string, AttributeValue>> = {},
        over: { readonly since?: number } = {},
      ): Reading => ({ metric: metric.name, attributes, value, at, ...over, source, quality: 'measured' });
      const readings = times.flatMap((now, cpu) => {
        const which = { 'cpu.logical_number': cpu };
        const seconds = Object.entries(modes).map(([mode, key]) =>
          made(metrics.cpuTime, now[key] / 1000, { ...which, 'cpu.mode': mode }),
        );
        const then = last?.times[cpu];
        const busy = then === undefined || measuredElsewhere(at) ? undefined : busyShare(then, now);
        return busy === undefined || last === undefined
          ? seconds
          : [...seconds, made(metrics.cpuBusy, busy, which, { since: last.at })];
      });
      return [...readings, ...(times.length === 0 ? [] : [made(metrics.cpuLogicalCount, times.length)])];
    },
  };
}

/** undefined when no tick has passed. */
function busyShare(then: CpuInfo['times'], now: CpuInfo['times']): number | undefined {
  const passed = (key: keyof CpuInfo['times']) => Math.max(0, now[key] - then[key]);
  const total = Object.values(modes).reduce((sum, key) => sum + passed(key), 0);
  return total === 0 ? undefined : 1 - passed('idle') / total;
}

/** Memory, swap, page faults, load averages and uptime of a Mac. */
export function macMemoryCollector(ask: typeof said = said): Collector {
  return {
    name: 'memory',
    pace: 'slow',
    async collect(at) {
      const [vmStat, memsize, swapUsage] = await Promise.all([
        ask('/usr/bin/vm_stat', []),
        ask('/usr/sbin/sysctl', ['-n', 'hw.memsize']),
        ask('/usr/sbin/sysctl', ['-n', 'vm.swapusage']),
      ]);
      const [one = Number.NaN, five = Number.NaN, fifteen = Number.NaN] = loadavg();
      const made = (metric: { readonly name: string }, value: number, file: string): Reading => ({
        metric: metric.name,
        attributes: {},
        value,
        at,
        source: { kind: 'host', file },
        quality: 'measured',
      });
      return [
        ...macMemoryReadings({ vmStat, memsize, swapUsage }, at),
        made(metrics.load1, one, 'getloadavg'),
        made(metrics.load5, five, 'getloadavg'),
        made(metrics.load15, fifteen, 'getloadavg'),
        made(metrics.uptime, uptime(), 'kern.boottime'),
      ];
    },
  };
}

/** What the configuration asks for on a Mac; the other collectors have no source there. */
export function macCollectors({ collectors, sample_interval: intervalMs }: CheckerConfig): readonly Collector[] {
  const power = collectors.frequency ? powermetricsCollector({ intervalMs }) : undefined;
  return [
    ...(collectors.cpu ? [macCpuCollector((at) => power?.isFresh(at) ?? false)] : []),
    ...(power === undefined ? [] : [power]),
    ...(collectors.memory ? [macMemoryCollector()] : []),
  ];
}
