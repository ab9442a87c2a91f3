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
 * A round that takes longer than its interval delays the next one; none is run twice to catch up. Slow collectors that
 * do not end in time (a disk that does not answer) hold nobody up: theirs comes with the sample after they have ended.
 * What a collector costs is a reading like any other, taken with the next sample.
 */
export interface Sampler {
  start(): Promise<void>;
  stop(): Promise<void>;
  /** The newest readings of every collector; undefined before the first round has ended. */
  latest(): { readonly at: number; readonly sequence: number; readonly readings: readonly Reading[] } | undefined;
  /** Samples with busy share and frequency of each CPU only. */
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
  let slowRound: Promise<void> | undefined;
  let slowReadings: Reading[] = [];
  let timer: NodeJS.Timeout | undefined;
  let round: Promise<void> | undefined;
  let stopped = false;
  let accounted = 0;
  let dueAt = Number.NEGATIVE_INFINITY;

  async function runOne(collector: Collector, at: number): Promise<readonly Reading[]> {
    const cost = costs.get(collector.name) ?? { cpuSeconds: 0, lastSeconds: 0, failures: 0 };
    costs.set(collector.name, cost);
    const [cpu, began, others] = [process.cpuUsage(), performance.now(), accounted];
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
      // While a slow one waits, fast ones run.
      const own = Math.max(0, (used.user + used.system) / 1e6 - (accounted - others));
      accounted += own;
      cost.cpuSeconds += own;
      cost.lastSeconds = (performance.now() - began) / 1000;
    }
  }

  async function runSlow(at: number): Promise<void> {
    for (const collector of collectors) {
      if (collector.pace === 'fast') continue;
      const readings = await runOne(collector, at);
      slowReadings.push(...readings);
    }
  }

  async function collectRound(): Promise<void> {
    const at = now();
    const own = ownCosts(costs, at);
    const readings: Reading[] = [];
    for (const collector of collectors) if (collector.pace === 'fast') readings.push(...(await runOne(collector, at)));
    if (performance.now() >= slowDueAt - fastMs / 2 && slowRound === undefined) {
      slowDueAt = performance.now() + slowMs;
      slowRound = runSlow(at).finally(() => {
        slowRound = undefined;
      });
      await atMost(fastMs / 2, slowRound);
    }
    readings.push(...slowReadings);
    slowReadings = [];
    newest.set('self', own);
    sequence += 1;
    last = { sequence, at, readings: [...readings, ...own] };
    history.add(last);
    for (const listener of listeners) listener(last);
  }

  async function step(): Promise<void> {
    // On a grid, so that a second has as many samples as it should; what was missed is left out.
    dueAt += fastMs;
    if (performance.now() - dueAt > fastMs) dueAt = performance.now();
    round = collectRound();
    await round;
    if (!stopped) timer = setTimeout(() => void step(), Math.max(0, dueAt + fastMs - performance.now()));
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

async function atMost(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const passed = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  await Promise.race([promise, passed]);
  clearTimeout(timer);
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
