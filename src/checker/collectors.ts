import { execFileSync } from 'node:child_process';
import type { CheckerConfig } from '../core/checker/config.ts';
import { machineKind } from '../core/telemetry/machine-kind.ts';
import type { Collector } from './sampler/collector.ts';
import { containerCollector } from './sources/container-collector.ts';
import { cpuCollector } from './sources/cpu-collector.ts';
import { diskCollector } from './sources/disk-collector.ts';
import { frequencyCollector } from './sources/frequency-collector.ts';
import { hostedVmsCollector } from './sources/hosted-vms.ts';
import { macCollectors } from './sources/mac-collectors.ts';
import { readMachineFacts } from './sources/machine-facts.ts';
import { memoryCollector } from './sources/memory-collector.ts';
import { networkCollector } from './sources/network-collector.ts';
import { perfCyclesSource } from './sources/perf-cycles-source.ts';
import { processCollector } from './sources/process-collector.ts';
import type { TextSource } from './sources/text-source.ts';

/** Asked once: what a machine is does not change while it runs. */
function detectVirt(): string | undefined {
  try {
    return execFileSync('systemd-detect-virt', ['--vm'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch (error) {
    // It ends with 1 when it says `none`.
    const said = (error as { readonly stdout?: string }).stdout?.trim();
    return said === '' ? undefined : said;
  }
}

/** The collectors that the configuration asks for. */
export function createCollectors(config: CheckerConfig, texts: TextSource): readonly Collector[] {
  const hosted = config.hosted_vms.length === 0 ? [] : [hostedVmsCollector(config.hosted_vms)];
  return [...(process.platform === 'darwin' ? macCollectors(config) : linuxCollectors(config, texts)), ...hosted];
}

function linuxCollectors(config: CheckerConfig, texts: TextSource): readonly Collector[] {
  const { collectors } = config;
  return [
    ...(collectors.cpu ? [cpuCollector(texts)] : []),
    ...(collectors.frequency ? [frequencyOf(config, texts)] : []),
    ...(collectors.memory ? [memoryCollector(texts)] : []),
    ...(collectors.disks ? [diskCollector(texts)] : []),
    ...(collectors.network ? [networkCollector(texts)] : []),
    ...(collectors.processes ? [processCollector(texts, config.process_count)] : []),
    ...(collectors.containers ? [containerCollector(texts)] : []),
  ];
}

function frequencyOf({ collectors, sample_interval: intervalMs }: CheckerConfig, texts: TextSource): Collector {
  const facts = readMachineFacts(texts, detectVirt());
  const machine = machineKind(facts);
  return frequencyCollector(texts, {
    machine,
    ...(facts.flags === undefined ? {} : { flags: facts.flags }),
    ...(collectors.perf ? { cycles: perfCyclesSource(texts, { intervalMs, machine }) } : {}),
  });
}
