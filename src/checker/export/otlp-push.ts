import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { metrics } from '../../core/telemetry/metrics.ts';
import type { Reading, Sample } from '../../core/telemetry/reading.ts';
import { type Batch, toBatch } from './batch.ts';
import type { OtlpExporter } from './otlp-exporter.ts';

/**
 * Sends the samples of each interval as one batch, in the order of their time, one batch at a time.
 *
 *     samples ─(interval)→ queue ─→ exporter      sent:    the next one
 *                            │                    again:   the same one after a pause, which grows
 *                            └→ the oldest goes   refused: dropped, another try would change nothing
 *                               when it is full
 *
 * A batch leaves the queue only when it has been taken, so a collector that restarts misses nothing unless it is away
 * for longer than the queue lasts. What is dropped is counted, and the count is sent as a metric.
 */
export interface OtlpPush {
  add(sample: Sample): void;
  /** Samples dropped so far, as a reading. */
  dropped(at: number): Reading;
  /** Sends what waits as long as the collector takes it and the grace lasts. */
  close(): Promise<void>;
}

export interface OtlpPushOptions {
  readonly intervalMs: number;
  /** Batches. */
  readonly queueSize: number;
  /** How long the end of the service waits for the last batches. */
  readonly graceMs: number;
  /** Of the pause after a failure; tests take a short one. */
  readonly pauseMs?: { readonly first: number; readonly most: number };
  /** Milliseconds of a clock that is never set. */
  readonly now?: () => number;
  readonly toMetrics: (readings: readonly Reading[]) => ResourceMetrics;
  /** One line for each change: lost, found again, refused. */
  readonly log: (line: string) => void;
}

const usualPause = { first: 1000, most: 30_000 };

export function startOtlpPush(exporter: OtlpExporter, options: OtlpPushOptions): OtlpPush {
  const {
    intervalMs,
    queueSize,
    graceMs,
    pauseMs = usualPause,
    now = () => performance.now(),
    toMetrics,
    log,
  } = options;
  const queue: Batch[] = [];
  const startedAt = Date.now();
  const closing = new AbortController();
  let open: Sample[] = [];
  let onItsWay: Batch | undefined;
  let sending: Promise<void> | undefined;
  let dropped = 0;
  /** `dropped` when the log was last told of it. */
  let told = 0;
  /** Attempts that failed one after the other. */
  let failures = 0;
  let dueAt: number | undefined;

  const droppedReading = (at: number): Reading => ({
    metric: metrics.exportDropped.name,
    attributes: { 'sysmonvm.exporter': 'otlp' },
    value: dropped,
    at,
    since: startedAt,
    source: { kind: 'self' },
    quality: 'measured',
  });

  function drop(batch: Batch | undefined, why: string): void {
    if (batch === undefined) return;
    if (dropped === told) log(`otlp: samples are dropped: ${why}`);
    dropped += batch.samples;
  }

  function flush(): void {
    const last = open.at(-1);
    if (last === undefined) return;
    const { samples, readings } = toBatch(open);
    queue.push({ samples, readings: [...readings, droppedReading(last.at)] });
    open = [];
    while (queue.length > queueSize) drop(queue.splice(queue[0] === onItsWay ? 1 : 0, 1)[0], 'no room to wait');
    sending ??= sendAll().finally(() => {
      sending = undefined;
    });
  }

  async function sendAll(): Promise<void> {
    for (let [batch] = queue; batch !== undefined; [batch] = queue) {
      onItsWay = batch;
      const result = await exporter.send(toMetrics(batch.readings));
      onItsWay = undefined;
      if (result.outcome === 'again') {
        if (closing.signal.aborted) return;
        if (failures === 0) log(`otlp: cannot send, tries again: ${result.reason}`);
        failures += 1;
        await pause(Math.min(pauseMs.most, pauseMs.first * 1.5 ** (failures - 1)) * (0.8 + Math.random() * 0.4));
        continue;
      }
      queue.shift();
      if (result.outcome === 'refused') drop(batch, result.reason);
      else tellRecovery();
    }
  }

  function tellRecovery(): void {
    if (failures > 0 || dropped > told)
      log(`otlp: sends again; ${queue.length} batches wait, ${dropped} samples dropped so far`);
    failures = 0;
    told = dropped;
  }

  /** Ends early with the service. */
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      const done = () => {
        clearTimeout(timer);
        closing.signal.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      closing.signal.addEventListener('abort', done);
    });

  return {
    add(sample) {
      open.push(sample);
      dueAt ??= now() + intervalMs;
      if (now() < dueAt) return;
      dueAt = now() + intervalMs;
      flush();
    },
    dropped: droppedReading,
    async close() {
      flush();
      closing.abort();
      await Promise.race([sending, new Promise((resolve) => setTimeout(resolve, graceMs).unref())]);
      const left = queue.reduce((sum, { samples }) => sum + samples, 0);
      if (left > 0) log(`otlp: ended with ${left} samples that were not sent`);
      void exporter.close();
    },
  };
}
