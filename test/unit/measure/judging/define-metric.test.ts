import { describe, expect, it } from 'vitest';
import { defineMetric } from '../../../../src/core/measure/judging/define-metric.ts';
import { plainWishes } from '../../../support/measured-results.ts';

const define = (metric: string, unit: string, more = {}, single = false, wishes = {}) =>
  defineMetric({ workload: 'w', metric, unit, ...more }, { ...plainWishes, ...wishes }, single);

describe('direction [H-39]', () => {
  it.each(['ms', 's', 'seconds', 'us', '%', 'MB', 'MiB', 'bytes', 'ns'])('less %s is better', (unit) => {
    expect(define('x', unit).better).toBe('lower');
  });
  it.each(['Mbps', 'Gbps', 'MB/s', 'MiB/s', 'ops/s', 'req/sec', 'IOPS', 'Mbit/s'])('more %s is better', (unit) => {
    expect(define('x', unit).better).toBe('higher');
  });
  it('the caller says it before the workload, and that before the unit; nobody: refused with the way out', () => {
    expect(define('hits', '%', { definition: { better: 'higher' } }).better).toBe('higher');
    expect(
      define('hits', '%', { definition: { better: 'higher' } }, false, { betterOf: { hits: 'lower' } }).better,
    ).toBe('lower');
    expect(() => define('score', 'points')).toThrow('whether more or less of score (points) is better');
  });
});

describe('limits', () => {
  it('20 % for one boot, 5 % for a series and for workloads [E.2-2] [H-38] [M-25]', () => {
    const boot = { workload: 'boot' };
    expect(define('boot_total', 'ms', boot, true)).toMatchObject({ tolerancePercent: 20, floor: 0 });
    expect(define('boot_total', 'ms', boot)).toMatchObject({ tolerancePercent: 5, floor: 200 });
    expect(define('boot_kernel', 'ms', boot)).toMatchObject({ tolerancePercent: 5, floor: 100 });
    expect(define('throughput', 'Mbps', {}, true).tolerancePercent).toBe(5);
  });
  it('the workload’s own go before the table, the caller’s before both; each has a reason', () => {
    const own = { definition: { tolerancePercent: 12, floor: 3, reason: 'measured on the board' } };
    expect(define('latency', 'ms', own)).toMatchObject({
      tolerancePercent: 12,
      floor: 3,
      reason: 'measured on the board',
    });
    expect(define('latency', 'ms', own, false, { tolerancePercent: 7 }).tolerancePercent).toBe(7);
    const both = { tolerancePercent: 7, tolerancePercentOf: { latency: 1 } };
    expect(define('latency', 'ms', own, false, both).tolerancePercent).toBe(1);
    for (const single of [true, false]) expect(define('boot_total', 'ms', {}, single).reason).toMatch(/\w+/);
  });
});
