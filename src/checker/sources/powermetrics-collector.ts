import { parse } from 'plist';
import { powermetricsReadings } from '../../core/telemetry/powermetrics.ts';
import type { Reading } from '../../core/telemetry/reading.ts';
import type { Collector } from '../sampler/collector.ts';
import { type PowermetricsProcessOptions, startPowermetrics } from './powermetrics-process.ts';

export interface PowermetricsCollector extends Collector {
  /** Whether there is a sample that is not older than a few intervals. */
  isFresh(at: number): boolean;
}

export type PowermetricsOptions = Omit<PowermetricsProcessOptions, 'onList'>;

/**
 * Frequency and busy share of each CPU of a Mac, its power and thermal pressure. powermetrics measures in the
 * background; a round gives its last sample, and nothing when that has grown old.
 */
export function powermetricsCollector(options: PowermetricsOptions): PowermetricsCollector {
  const staleMs = 3 * options.intervalMs + 2000;
  let latest: { readonly at: number; readonly readings: readonly Reading[] } | undefined;
  let broken: string | undefined;

  function onList(xml: string): void {
    const at = Date.now();
    try {
      latest = { at, readings: powermetricsReadings(parse(xml), { at }) };
      broken = undefined;
    } catch (error) {
      broken = `powermetrics wrote what is no property list: ${error instanceof Error ? error.message : error}`;
    }
  }

  const running = startPowermetrics({ ...options, onList });
  const isFresh = (at: number) => latest !== undefined && at - latest.at <= staleMs;
  return {
    name: 'frequency',
    pace: 'fast',
    isFresh,
    collect(at) {
      if (latest !== undefined && isFresh(at)) return latest.readings;
      const reason = running.failure() ?? broken;
      if (reason !== undefined) throw new Error(reason);
      return [];
    },
    close: () => running.close(),
  };
}
