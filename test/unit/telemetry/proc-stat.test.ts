import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CpuTicks, cpuModes, cpuUsage, parseProcStat } from '../../../src/core/telemetry/proc-stat.ts';
import { fixtureFiles } from '../../fixtures/telemetry/fixture-texts.ts';

const ticks = (some: Partial<CpuTicks>): CpuTicks => ({
  ...{ user: 0, nice: 0, system: 0, idle: 0, iowait: 0, interrupt: 0, steal: 0 },
  ...some,
});

describe('/proc/stat', () => {
  it('of an emulated guest', () => {
    expect(parseProcStat(fixtureFiles('tcg-x86_64').get('/proc/stat') ?? '')).toEqual({
      all: ticks({ user: 81, system: 1036, idle: 638, iowait: 27, interrupt: 122 }),
      cpus: new Map([
        [0, ticks({ user: 35, system: 584, idle: 241, iowait: 23, interrupt: 73 })],
        [1, ticks({ user: 46, system: 452, idle: 396, iowait: 3, interrupt: 48 })],
      ]),
      contextSwitches: 4482,
      interrupts: 6830,
      processesCreated: 260,
      bootedAt: 1795286801,
    });
  });

  it('counts the time in guests once: it is in user already', () => {
    const found = parseProcStat(fixtureFiles('laptop-x86_64').get('/proc/stat') ?? '');
    expect(found?.all).toEqual(
      ticks({ user: 10132153, nice: 29045, system: 3085642, idle: 46828483, iowait: 16683, interrupt: 25195 }),
    );
    expect([...(found?.cpus.keys() ?? [])]).toEqual([0, 1, 2, 3]);
  });

  it.each(['', 'cpu', 'cpu  1 2 3', 'cpu  1 2 3 4 5 6 7 x', 'cpu  1 2 3 4 5 6 7 1e3', 'cpu0 1 2 3 4 5 6 7 8'])(
    'of another kind (%j) says nothing',
    (text) => {
      expect(parseProcStat(text)).toBeUndefined();
    },
  );

  it('has no counter that is not there', () => {
    expect(parseProcStat('cpu  1 2 3 4 5 6 7 8 0 0\n')).toEqual({
      all: { user: 1, nice: 2, system: 3, idle: 4, iowait: 5, interrupt: 13, steal: 8 },
      cpus: new Map(),
    });
  });

  it('never throws and never shows a number that is not in the text', () => {
    const line = fc.array(fc.oneof(fc.nat().map(String), fc.string({ maxLength: 4 })), { maxLength: 12 });
    const key = fc.constantFrom('cpu ', 'cpu0', 'cpu1', 'cpu12345678', 'intr', 'ctxt', 'btime', 'processes', '');
    const text = fc
      .array(fc.tuple(key, line).map(([name, columns]) => [name, ...columns].join(' ')))
      .map((lines) => lines.join('\n'));
    fc.assert(
      fc.property(fc.oneof(text, fc.string()), (candidate) => {
        const found = parseProcStat(candidate);
        if (found === undefined) return;
        const numbers = new Set(candidate.match(/\d+/g)?.map(Number));
        for (const one of [found.all, ...found.cpus.values()])
          for (const mode of cpuModes) if (mode !== 'interrupt') expect(numbers).toContain(one[mode]);
        for (const value of [found.contextSwitches, found.interrupts, found.bootedAt, found.processesCreated])
          if (value !== undefined) expect(numbers).toContain(value);
      }),
    );
  });
});

describe('what a CPU did between two readings', () => {
  it('is everything but idle and iowait', () => {
    const usage = cpuUsage(
      ticks({ user: 10, idle: 100 }),
      ticks({ user: 20, system: 5, idle: 170, iowait: 10, steal: 5 }),
    );
    expect(usage?.busy).toBeCloseTo(0.2, 10);
    expect(usage?.busySeconds).toBeCloseTo(0.2, 10);
    expect(usage?.totalSeconds).toBeCloseTo(1, 10);
    expect(usage?.shares).toMatchObject({ user: 0.1, system: 0.05, idle: 0.7, iowait: 0.1, steal: 0.05 });
  });

  it('takes iowait that becomes idle, as the kernel does, for no time', () => {
    const usage = cpuUsage(ticks({ user: 0, idle: 100, iowait: 50 }), ticks({ user: 5, idle: 145, iowait: 10 }));
    expect(usage?.totalSeconds).toBeCloseTo(0.1, 10);
    expect(usage?.busy).toBeCloseTo(0.5, 10);
    expect(usage?.shares.idle).toBeCloseTo(0.5, 10);
    expect(usage?.shares.iowait).toBe(0);
  });

  it.each([
    ['nothing has passed', ticks({ user: 5 }), ticks({ user: 5 })],
    ['a CPU began anew', ticks({ user: 500, idle: 1000 }), ticks({ user: 1, idle: 3 })],
    ['the idle time went back', ticks({ user: 500, idle: 1000 }), ticks({ user: 550, idle: 900 })],
    ['one counter went back', ticks({ user: 500, idle: 1000 }), ticks({ user: 400, idle: 1200 })],
  ])('is not known when %s', (_, before, after) => {
    expect(cpuUsage(before, after)).toBeUndefined();
  });

  it('is a share from 0 to 1 of each mode, and all of them are 1 together', () => {
    const any = fc.record(Object.fromEntries(cpuModes.map((mode) => [mode, fc.nat(1000)]))) as fc.Arbitrary<CpuTicks>;
    fc.assert(
      fc.property(any, any, (before, after) => {
        const usage = cpuUsage(before, after);
        if (usage === undefined) return;
        const shares = cpuModes.map((mode) => usage.shares[mode]);
        for (const share of [...shares, usage.busy]) {
          expect(share).toBeGreaterThanOrEqual(0);
          expect(share).toBeLessThanOrEqual(1);
        }
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        expect(usage.busy).toBeCloseTo(1 - usage.shares.idle - usage.shares.iowait, 9);
      }),
    );
  });
});
