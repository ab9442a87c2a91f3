import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCycleWindows } from '../../../src/checker/sources/cycle-windows.ts';
import {
  type CycleWindow,
  judgeCounter,
  parsePerfLine,
  perfFrequency,
} from '../../../src/core/telemetry/perf-cycles.ts';
import type { CpuTicks } from '../../../src/core/telemetry/proc-stat.ts';

const window = (hertz: number, load: number, wallSeconds = 0.25): CycleWindow => ({
  cpu: 0,
  cycles: Math.round(hertz * wallSeconds),
  wallSeconds,
  busySeconds: load * wallSeconds,
});
/** A real counter stands still while the CPU is halted. */
const real = (hertz: number, load: number) => window(hertz * load, load);

describe('a line of perf stat', () => {
  it.each([
    [
      '     0.250317425,CPU0,187439201,,cycles,250298123,100.00,,',
      { cpu: 0, atSeconds: 0.250317425, cycles: 187439201 },
    ],
    ['     0.253841242,CPU1,<not supported>,,cycles,0,100.00,,', { cpu: 1, atSeconds: 0.253841242 }],
    ['     1.000000000,CPU12,<not counted>,,cycles,0,100.00,,', { cpu: 12, atSeconds: 1 }],
    ['     1.000000000,CPU2,42,,armv8_pmuv3_0/cycles/,250298123,100.00,,', { cpu: 2, atSeconds: 1, cycles: 42 }],
    ['     1.000000000,CPU2,42,,cycles:H,250298123,100.00,,', { cpu: 2, atSeconds: 1, cycles: 42 }],
    ['     0.250380048,CPU0,251.89,msec,cpu-clock,251891462,100.00,1.008,CPUs utilized', undefined],
    ['     1.000000000,CPU2,42,,ref-cycles,250298123,100.00,,', undefined],
    ['0,250317425,CPU0,187439201,,cycles,250298123,100.00,,', undefined],
    ['# started on Sat Nov 21', undefined],
    ['', undefined],
  ])('%j', (line, expected) => {
    expect(parsePerfLine(line)).toEqual(expected);
  });

  it('never throws and never shows a count that is not in the text', () => {
    const part = fc.oneof(fc.nat().map(String), fc.constantFrom('CPU0', 'cycles', '<not counted>', ''), fc.string());
    fc.assert(
      fc.property(fc.array(part, { maxLength: 9 }), (parts) => {
        const found = parsePerfLine(parts.join(','));
        if (found?.cycles !== undefined) expect(parts.join(',')).toContain(String(found.cycles));
      }),
    );
  });
});

describe('a counter of cycles', () => {
  it('that follows the load counts cycles [R-64]', () => {
    expect(judgeCounter([0.1, 0.9, 0.4, 1].map((load) => real(3e9, load)))).toBe('counts-cycles');
  });

  it("that runs at one rate whatever the load is an emulator's [R-67]", () => {
    expect(judgeCounter([0.9, 0.5, 0.95, 1].map((load) => window(1e9, load)))).toBe('counts-time');
    expect(judgeCounter([0, 0.01, 0, 0.02].map((load) => window(1e9, load)))).toBe('counts-time');
  });

  it('is not judged by few windows, nor by windows of the same load', () => {
    expect(judgeCounter([real(3e9, 0.1), real(3e9, 0.9)])).toBe('not-known');
    expect(judgeCounter([1, 0.9, 1, 0.95].map((load) => real(3e9, load)))).toBe('not-known');
  });

  it('is not condemned for one window in which the clock was slow, or in which ticks missed the load', () => {
    expect(judgeCounter([real(1.5e9, 0.6), real(1e9, 0.9), real(2e9, 0.2), real(2e9, 0.5)])).toBe('counts-cycles');
    const missed = { ...window(4e9, 0), busySeconds: 0 };
    expect(judgeCounter([missed, real(4e9, 0.2), real(4e9, 0.9), real(4e9, 0.5)])).toBe('counts-cycles');
  });

  it('gives a frequency only where it may be believed', () => {
    const busy = real(3e9, 0.5);
    expect(perfFrequency(busy, 'counts-cycles', 'hypervisor')).toMatchObject({ hertz: 3e9, quality: 'measured' });
    expect(perfFrequency(busy, 'not-known', 'physical')).toMatchObject({ hertz: 3e9, quality: 'measured' });
    expect(perfFrequency(busy, 'not-known', 'virtual')).toBeUndefined();
    expect(perfFrequency(window(1e9, 0.5), 'counts-time', 'virtual')).toMatchObject({
      hertz: 1e9,
      quality: 'synthetic',
    });
    expect(perfFrequency(busy, 'counts-cycles', 'emulator')).toMatchObject({ quality: 'synthetic' });
    expect(perfFrequency(real(3e9, 0.01), 'counts-cycles', 'physical')).toBeUndefined();
    expect(perfFrequency(window(4e9, 0.1), 'not-known', 'physical')).toBeUndefined();
    expect(perfFrequency(window(0, 0.5), 'counts-cycles', 'physical')).toBeUndefined();
  });
});

describe('windows of cycles', () => {
  const idle = { user: 0, nice: 0, system: 0, idle: 0, iowait: 0, interrupt: 0, steal: 0 };

  /** One CPU at 250 ms; each round is its ticks of user, steal and idle, and what its counter shows for it. */
  function run(rounds: readonly { user: number; steal?: number; idle: number; cycles: number }[]) {
    const windows = createCycleWindows('hypervisor', 250);
    let now: CpuTicks = idle;
    windows.begin();
    windows.add([{ cpu: 0, atSeconds: 0.01, cycles: 1e9 }], new Map([[0, now]]));
    for (const [index, { user, steal = 0, idle: unused, cycles }] of rounds.entries()) {
      now = { ...now, user: now.user + user, steal: now.steal + steal, idle: now.idle + unused };
      windows.add([{ cpu: 0, atSeconds: 0.01 + (index + 1) / 4, cycles }], new Map([[0, now]]));
    }
    return windows.frequencies().get(0);
  }
  const loads = [5, 25, 10, 20];

  it('give cycles over the busy time of the last second [R-64]', () => {
    const rounds = loads.map((user) => ({ user, idle: 25 - user, cycles: user * 0.01 * 2.8e9 }));
    expect(run(rounds)).toMatchObject({ cpu: 0, hertz: 2.8e9, quality: 'measured' });
  });

  it('do not count what the hypervisor took', () => {
    const rounds = loads.map((ticks) => ({
      user: ticks - 2,
      steal: 2,
      idle: 25 - ticks,
      cycles: (ticks - 2) * 0.01 * 2.8e9,
    }));
    expect(run(rounds)).toMatchObject({ hertz: 2.8e9 });
  });

  it("give the rate of an emulator's counter as synthetic", () => {
    expect(run(loads.map((user) => ({ user, idle: 25 - user, cycles: 0.25e9 })))).toMatchObject({
      hertz: 1e9,
      quality: 'synthetic',
    });
  });

  it('take the CPUs of one moment together, also when they come one after the other', () => {
    const windows = createCycleWindows('physical', 250);
    const ticks = (user: number) => new Map([0, 1].map((cpu) => [cpu, { ...idle, user }] as const));
    for (const round of [0, 1])
      for (const cpu of [0, 1]) windows.add([{ cpu, atSeconds: round / 4, cycles: 0.75e9 }], ticks(round * 25 + cpu));
    expect([...windows.frequencies().values()].map(({ cpu, hertz }) => [cpu, hertz])).toEqual([
      [0, 3e9],
      [1, 3e9],
    ]);
  });

  it('say nothing before it is known what is counted', () => {
    expect(run([{ user: 20, idle: 5, cycles: 5e8 }])).toBeUndefined();
  });
});
