import { metrics } from '../../core/telemetry/metrics.ts';
import type { Reading, Sample } from '../../core/telemetry/reading.ts';
import type { Collector } from './collector.ts';
import { createHistory } from './history.ts';

/**
 * Runs the collectors at their pace and keeps what they give; whoever asks is answered from memory.
 *
 *     fast  |-----|-----|-----|-----|     usage, frequency, memory
 *     slow  |-----------------|------     processes, disks, network
 *     sample 1     2     3     4+slow
 *
 * A round that takes longer than its interval delays the next one; none is run twice to catch up. What a collector costs
 * is a reading like any other, taken with the next sample.
 */
export interface Sampler {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The newest readings of every collector; undefined before the first round has ended. */
  latest(): { readonly at: number; readonly sequence: number; readonly readings: readonly Reading[] } | undefined;
  since(sequence: number): { readonly samples: readonly Sample[]; readonly lost: number };
  /** Called with each sample; the answer ends it. */
  onSample(listener: (sample: Sample) => void): () => void;
  /** What failed in the last round of each collector. */
  failures(): ReadonlyMap<string, string>;
}

export interface SamplerOptions {
  readonly fastMs: number;
  readonly slowMs: number;
  readonly historyMs: number;
  readonly now?: () => number;
}

interface Cost {
  cpuSeconds: number;
  lastSeconds: number;
  failures: number;
}

export function createSampler(collectors: readonly Collector[], options: SamplerOptions): Sampler {
  const { fastMs, slowMs, historyMs, now = Date.now } = options;
  const newest = new Map<string, readonly Reading[]>();
  const costs = new Map<string, Cost>();
  const failures = new Map<string, string>();
  const listeners = new Set<(sample: Sample) => void>();
  const history = createHistory(Math.ceil(historyMs / fastMs));
  let sequence = 0;
  let last: Sample | undefined;
  let slowDueAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> | undefined;
  let stopped = false;

  async function runOne(collector: Collector, at: number): Promise<readonly Reading[]> {
    const cost = costs.get(collector.name) ?? { cpuSeconds: 0, lastSeconds: 0, failures: 0 };
    costs.set(collector.name, cost);
    const [cpu, began] = [process.cpuUsage(), performance.now()];
    try {
      const readings = await collector.collect(at);
      failures.delete(collector.name);
      newest.set(collector.name, readings);
      return readings;
    } catch (error) {
      cost.failures += 1;
      failures.set(collector.name, error instanceof Error ? error.message : String(error));
      newest.delete(collector.name);
      return [];
    } finally {
      const used = process.cpuUsage(cpu);
      cost.cpuSeconds += (used.user + used.system) / 1e6;
      cost.lastSeconds = (performance.now() - began) / 1000;
    }
  }

  async function collectRound(): Promise<void> {
    const at = now();
    const own = ownCosts(costs, at);
    const withSlow = performance.now() >= slowDueAt;
    if (withSlow) slowDueAt = performance.now() + slowMs;
    const readings: Reading[] = [];
    for (const collector of collectors)
      if (collector.pace === 'fast' || withSlow) readings.push(...(await runOne(collector, at)));
    newest.set('self', own);
    sequence += 1;
    last = { sequence, at, readings: [...readings, ...own] };
    history.add(last);
    for (const listener of listeners) listener(last);
  }

  async function step(): Promise<void> {
    const began = performance.now();
    round = collectRound();
    await round;
    if (!stopped) timer = setTimeout(() => void step(), Math.max(0, fastMs - (performance.now() - began)));
  }

  return {
    start: step,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await round;
      for (const collector of collectors) collector.close?.();
    },
    latest: () => last && { at: last.at, sequence: last.sequence, readings: [...newest.values()].flat() },
    since: (from) => history.since(from),
    onSample(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    failures: () => failures,
  };
}

function ownCosts(costs: ReadonlyMap<string, Cost>, at: number): readonly Reading[] {
  return [...costs].flatMap(([name, cost]): readonly Reading[] => {
    const common = {
      attributes: { 'sysmonvm.collector': name },
      at,
      source: { kind: 'self' },
      quality: 'measured',
    } as const;
    return [
      { ...common, metric: metrics.collectorCpu.name, value: cost.cpuSeconds },
      { ...common, metric: metrics.collectorDuration.name, value: cost.lastSeconds },
      { ...common, metric: metrics.collectorFailures.name, value: cost.failures },
    ];
  });
}
