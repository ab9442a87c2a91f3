import type { Clock } from '../../core/ports/clock.ts';

export interface Rate {
  readonly bytesPerSecond?: number;
  readonly secondsLeft?: number;
}

const windowMs = 5_000;
const leastMs = 500;

/** Of the last seconds, so that a slow start is soon forgotten. */
export function createRateMeter(clock: Clock): (done: number, total: number | undefined) => Rate {
  const samples: { readonly at: number; readonly done: number }[] = [];
  return (done, total) => {
    const now = clock.now();
    samples.push({ at: now, done });
    while (samples.length > 2 && now - (samples[1]?.at ?? now) > windowMs) samples.shift();
    const [oldest] = samples;
    if (oldest === undefined || now - oldest.at < leastMs) return {};
    const bytesPerSecond = ((done - oldest.done) / (now - oldest.at)) * 1000;
    if (total === undefined || bytesPerSecond <= 0) return { bytesPerSecond };
    return { bytesPerSecond, secondsLeft: Math.max(0, (total - done) / bytesPerSecond) };
  };
}
