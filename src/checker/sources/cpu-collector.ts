import { metrics } from '../../core/telemetry/metrics.ts';
import { type CpuTicks, cpuModes, cpuUsage, parseProcStat, ticksPerSecond } from '../../core/telemetry/proc-stat.ts';
import type { AttributeValue, Reading, Source } from '../../core/telemetry/reading.ts';
import type { Collector } from '../sampler/collector.ts';
import type { TextSource } from './text-source.ts';

const source: Source = { kind: 'procfs', file: '/proc/stat' };

/**
 * Time, utilisation and busy share of every CPU and of all, context switches, interrupts. A share is over the time since
 * the last round: the first round has none.
 */
export function cpuCollector(texts: TextSource): Collector {
  let before: { readonly at: number; readonly ticks: ReadonlyMap<string, CpuTicks> } | undefined;
  return {
    name: 'cpu',
    pace: 'fast',
    collect(at) {
      const stat = parseProcStat(texts.read('/proc/stat') ?? '');
      if (stat === undefined) return [];
      const ticks = new Map([['all', stat.all], ...[...stat.cpus].map(([cpu, now]) => [String(cpu), now] as const)]);
      const since = stat.bootedAt === undefined ? {} : { since: stat.bootedAt * 1000 };
      const reading = (
        metric: { readonly name: string },
        value: number,
        attributes: Readonly<Record<string, AttributeValue>> = {},
        over: { readonly since?: number } = {},
      ): Reading => ({ metric: metric.name, attributes, value, at, ...over, source, quality: 'measured' });

      const readings = [...ticks].flatMap(([cpu, now]) => {
        const which = cpu === 'all' ? {} : { 'cpu.logical_number': Number(cpu) };
        const times = cpuModes.map((mode) =>
          reading(metrics.cpuTime, now[mode] / ticksPerSecond, { ...which, 'cpu.mode': mode }, since),
        );
        const last = before?.ticks.get(cpu);
        const usage = last === undefined ? undefined : cpuUsage(last, now);
        if (usage === undefined || before === undefined) return times;
        const over = { since: before.at };
        return [
          ...times,
          ...cpuModes.map((mode) =>
            reading(metrics.cpuUtilization, usage.shares[mode], { ...which, 'cpu.mode': mode }, over),
          ),
          reading(metrics.cpuBusy, usage.busy, which, over),
        ];
      });
      before = { at, ticks };
      const counted = [
        [metrics.contextSwitches, stat.contextSwitches],
        [metrics.interrupts, stat.interrupts],
        [metrics.processCreated, stat.processesCreated],
      ] as const;
      return [
        ...readings,
        reading(metrics.cpuLogicalCount, stat.cpus.size),
        ...counted.flatMap(([metric, value]) => (value === undefined ? [] : [reading(metric, value, {}, since)])),
      ];
    },
  };
}
