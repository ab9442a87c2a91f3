import { execFileSync } from 'node:child_process';
import type { CheckerConfig } from '../core/checker/config.ts';
import { machineKind } from '../core/telemetry/cpu-frequency.ts';
import type { Collector } from './sampler/collector.ts';
import { cpuCollector } from './sources/cpu-collector.ts';
import { frequencyCollector } from './sources/frequency-collector.ts';
import { readMachineFacts } from './sources/machine-facts.ts';
import { memoryCollector } from './sources/memory-collector.ts';
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
  const { collectors } = config;
  const machine = machineKind(readMachineFacts(texts, detectVirt()));
  return [
    ...(collectors.cpu ? [cpuCollector(texts)] : []),
    ...(collectors.frequency ? [frequencyCollector(texts, machine)] : []),
    ...(collectors.memory ? [memoryCollector(texts)] : []),
  ];
}
