import { describe, expect, it } from 'vitest';
import { createRateMeter } from '../../../src/host/images/download-rate.ts';

const mib = 1024 ** 2;

function meter(steps: readonly (readonly [atMs: number, done: number])[], total: number | undefined) {
  let now = 0;
  const rate = createRateMeter({ now: () => now, sleep: async () => undefined });
  return steps.map(([at, done]) => {
    now = at;
    return rate(done, total);
  });
}

describe('the rate of a download', () => {
  it('is unknown in the first moments, never 0', () => {
    expect(
      meter(
        [
          [0, 0],
          [100, mib],
          [499, 4 * mib],
        ],
        100 * mib,
      ),
    ).toEqual([{}, {}, {}]);
  });

  it('is that of the last seconds, and tells the time left', () => {
    const slowThenFast = Array.from({ length: 21 }, (_, second): [number, number] => [
      second * 1000,
      (second <= 10 ? second : 10 + (second - 10) * 10) * mib,
    ]);
    expect(meter(slowThenFast, 210 * mib).at(-1)).toEqual({ bytesPerSecond: 10 * mib, secondsLeft: 10 });
  });

  it('does not count what an earlier download brought', () => {
    expect(
      meter(
        [
          [0, 50 * mib],
          [1000, 51 * mib],
        ],
        61 * mib,
      ).at(-1),
    ).toEqual({ bytesPerSecond: mib, secondsLeft: 10 });
  });

  it('guesses no end where the size is not known or nothing comes', () => {
    expect(
      meter(
        [
          [0, 0],
          [1000, mib],
        ],
        undefined,
      ).at(-1),
    ).toEqual({ bytesPerSecond: mib });
    expect(
      meter(
        [
          [0, mib],
          [1000, mib],
        ],
        2 * mib,
      ).at(-1),
    ).toEqual({ bytesPerSecond: 0 });
  });
});
