import { describe, expect, it } from 'vitest';
import { guestUsage } from '../../../../src/core/measure/workload/guest-usage.ts';

const line = (available: string, ...ticks: readonly number[]) => `${available} cpu ${ticks.join(' ')}\n`;

describe('the usage of a guest', () => {
  it('is the share of its processors that were busy, without what was stolen, and the largest fall of available memory [H-14]', () => {
    const text = [
      line('100000', 10, 0, 10, 80, 0, 0, 0, 0, 5, 0),
      line('60000', 30, 0, 10, 100, 0, 0, 0, 0, 5, 0),
      line('90000', 40, 5, 15, 140, 10, 3, 7, 20, 5, 0),
    ].join('');
    const { cpuPercentAverage, memoryDeltaMb, absent } = guestUsage(text);
    // 50 busy of 140 ticks.
    expect(cpuPercentAverage).toBeCloseTo(100 * (50 / 140), 10);
    expect(memoryDeltaMb).toBeCloseTo((40_000 * 1024) / 1e6, 10);
    expect(absent).toBeUndefined();
  });

  it('is nothing of what the guest does not tell, and says so', () => {
    expect(guestUsage('')).toEqual({
      absent:
        'the guest told no processor times, or too little time passed; /proc/meminfo of the guest has no MemAvailable',
    });
    const usage = guestUsage(line('-', 1, 0, 0, 1) + line('-', 21, 0, 0, 21));
    expect(usage).toEqual({ cpuPercentAverage: 50, absent: '/proc/meminfo of the guest has no MemAvailable' });
  });

  it('is no share of processors where too little time passed', () => {
    expect(guestUsage(line('10', 1, 0, 0, 1) + line('10', 2, 0, 0, 2)).cpuPercentAverage).toBeUndefined();
  });

  it('is seen although the guest gives memory back at the same time', () => {
    const looks = ['100000', '99990', '160000', '130000', '155000'];
    const { memoryDeltaMb } = guestUsage(
      looks.map((available, at) => line(available, 20 * at, 0, 0, 20 * at)).join(''),
    );
    expect(memoryDeltaMb).toBeCloseTo((30_000 * 1024) / 1e6, 10);
  });

  it('reads past a line that was cut', () => {
    expect(guestUsage(`${line('10', 1, 0, 0, 1)}10 cpu 2 0\n${line('10', 21, 0, 0, 21)}`)).toEqual({
      cpuPercentAverage: 50,
      memoryDeltaMb: 0,
    });
  });
});
