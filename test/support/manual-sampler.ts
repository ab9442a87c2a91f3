import { createHistory } from '../../src/checker/sampler/history.ts';
import type { Sample } from '../../src/core/telemetry/reading.ts';
import { sample } from './checker-readings.ts';

export type ManualSampler = ReturnType<typeof manualSampler>;

/** A sampler that takes a sample when it is told to; its history is the real one. */
export function manualSampler(size = 100) {
  const history = createHistory(size);
  const failures = new Map<string, string>();
  const listeners = new Set<(sample: Sample) => void>();
  let last: Sample | undefined;
  return {
    failures: () => failures,
    latest: () => last,
    since: (sequence: number) => history.since(sequence),
    onSample(listener: (sample: Sample) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    listeners,
    take(count = 1, make: (sequence: number) => Sample = sample): void {
      for (let taken = 0; taken < count; taken += 1) {
        last = make((last?.sequence ?? 0) + 1);
        history.add(last);
        for (const listener of listeners) listener(last);
      }
    },
    fail: (name: string, reason: string) => failures.set(name, reason),
    heal: (name: string) => failures.delete(name),
  };
}
