import { describe, expect, it } from 'vitest';
import { bootTimeOf, type RunIdentity, rawInputsOf } from '../../../src/core/measure/boot/boot-artifacts.ts';
import { bootAttempts, bootSeries } from '../../../src/core/measure/boot/boot-series.ts';
import { historySummary, type KeptBoot } from '../../../src/core/measure/boot/history-summary.ts';
import type { ObservedBoot } from '../../../src/core/measure/boot/observed-boot.ts';
import { runIdOf } from '../../../src/core/measure/boot/run-name.ts';
import { defaultMethod } from '../../../src/core/measure/statistics/judging-method.ts';
import { summarizeSample } from '../../../src/core/measure/statistics/summarize-sample.ts';

const startedAt = Date.UTC(2026, 10, 2, 10, 0, 0);

const completed = (totalMs: number, change: Partial<ObservedBoot> = {}): ObservedBoot => ({
  outcome: 'completed',
  startedAt,
  totalMs,
  markers: [
    { name: 'kernel', afterMs: 1200.4 },
    { name: 'ready', afterMs: totalMs },
  ],
  lanes: [],
  usage: { intervalMs: 1000, samples: [], missed: 0, truncated: false, cost: { cpuSeconds: 0, wallSeconds: 1 } },
  machine: {
    arch: 'x86_64',
    accelerator: 'tcg',
    emulated: true,
    qemuVersion: '7.2.22',
    machineType: 'q35',
    cpuModel: 'max',
    cpus: 2,
    memoryMib: 1024,
  },
  accelerationUsable: false,
  bootLog: '/vm/console.log',
  debugLog: '/vm/qemu.log',
  diskImage: '/cache/debian.qcow2',
  ...change,
});
const late: ObservedBoot = (({ totalMs: _, ...rest }) => ({
  ...rest,
  outcome: 'timeout' as const,
  failure: { code: 'guest.boot-deadline', message: 'not ready within 60 s' },
}))(completed(1));
const bootTime = (observed: ObservedBoot, identity: RunIdentity = run) =>
  bootTimeOf(rawInputsOf(observed, {}, identity, startedAt));
const run = { guest: 'debian-12', arch: 'x86_64', runId: 'r', iteration: 1, warmup: false, directory: 'm/runs/r-1' };

describe('run ids', () => {
  it('are the time, after the label where there is one, and never a way out of the directory [M-14] [M-51]', () => {
    expect(runIdOf(startedAt)).toBe('20261102T100000Z');
    expect(runIdOf(startedAt, 'nightly')).toBe('nightly-20261102T100000Z');
    for (const label of ['../x', '', 'a/b', '.hidden', 'x'.repeat(65), 'a b'])
      expect(() => runIdOf(startedAt, label)).toThrow(/cannot be the name/);
  });
});

describe('boot_time.json', () => {
  it('has milliseconds for the whole and float seconds for the markers [M-05] [M-11] [M-12] [M-41]', () => {
    expect(bootTime(completed(65_000.4))).toMatchObject({
      arch: 'x86_64',
      timestamp: '2026-11-02T10:00:00Z',
      qemu_mode: 'TCG (No KVM available)',
      boot_duration_ms: 65_000,
      markers: { kernel: 1.2, ready: 65 },
      paths: {
        boot_log: 'm/runs/r-1/boot.log',
        debug_log: 'm/runs/r-1/qemu-debug.log',
        disk_image: '/cache/debian.qcow2',
      },
    });
  });
  it('never has a time-out as a duration [E.3-1]', () => {
    const document = bootTime(late);
    expect(document).toMatchObject({ boot_duration_ms: null, outcome: 'timeout' });
    expect(document.failure?.code).toBe('guest.boot-deadline');
  });
  it('tells emulation that was asked for from emulation for want of anything else', () => {
    expect(bootTime(completed(1, { accelerationUsable: true })).qemu_mode).toBe('TCG');
    const kvm = completed(1, { machine: { ...completed(1).machine, accelerator: 'kvm', emulated: false } });
    expect(bootTime(kvm).qemu_mode).toBe('KVM');
  });
});

describe('the series of several boots', () => {
  const boots = [completed(100), late, completed(120)].map((observed, i) => ({
    iteration: i + 1,
    parameters: {},
    observed,
  }));
  it('have the completed ones alone; what failed is counted apart [M-13] [E.3-1]', () => {
    const series = bootSeries(boots);
    expect(series.find(({ metric }) => metric === 'boot_total')?.values).toEqual([100, 120]);
    expect(series.map(({ metric }) => metric)).not.toContain('qemu_cpu');
    expect(bootAttempts(boots).map(({ outcome, code }) => [outcome, code])).toEqual([
      ['completed', undefined],
      ['timeout', 'guest.boot-deadline'],
      ['completed', undefined],
    ]);
  });
});

describe('summary.json', () => {
  const identity = { guest: 'debian-12', arch: 'x86_64' };
  const summarise = (values: readonly number[]) => summarizeSample(values, defaultMethod);
  const kept = (totalMs: number, second: number, change: Partial<KeptBoot> = {}): KeptBoot => ({
    ...bootTime(completed(totalMs, { startedAt: startedAt + second * 1000 }), { ...run, iteration: second }),
    name: `r-${second}`,
    ...change,
  });
  it('is of the history: count, least, most, average, the last ten [M-16]', () => {
    const history = Array.from({ length: 12 }, (_, i) => kept(1000 + 10 * i, i));
    const summary = historySummary(identity, history, summarise);
    expect(summary).toMatchObject({ run_count: 12, min_ms: 1000, max_ms: 1110, avg_ms: 1055, median_ms: 1055 });
    expect(summary.recent).toHaveLength(10);
    expect(summary.recent.at(-1)).toEqual({
      run_id: 'r-11',
      timestamp: '2026-11-02T10:00:11Z',
      boot_duration_ms: 1110,
    });
  });
  it('leaves out warm-ups and other machines, and counts failures apart', () => {
    const { machine } = completed(1);
    const summary = historySummary(
      identity,
      [
        kept(500, 1, { warmup: true }),
        kept(1, 2, { machine: { ...machine, cpus: 8 } }),
        kept(2, 3, { boot_duration_ms: null, outcome: 'timeout' }),
        kept(3, 4, { boot_duration_ms: null, outcome: 'failed' }),
        kept(2000, 5),
      ],
      summarise,
    );
    expect(summary).toMatchObject({
      run_count: 1,
      avg_ms: 2000,
      stdev_ms: null,
      failed_count: 1,
      timeout_count: 1,
      other_count: 1,
    });
  });
  it('is null where nothing was observed, never 0', () => {
    expect(historySummary(identity, [], summarise)).toMatchObject({
      run_count: 0,
      min_ms: null,
      max_ms: null,
      avg_ms: null,
      median_ms: null,
      recent: [],
    });
  });
});
