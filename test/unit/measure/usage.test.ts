import { describe, expect, it } from 'vitest';
import { usageOfProc, usageOfPs } from '../../../src/core/measure/usage/process-usage-text.ts';
import { resourceCsv, resourceHeader } from '../../../src/core/measure/usage/resource-csv.ts';
import type { UsageRecord, UsageSample } from '../../../src/core/measure/usage/usage-record.ts';
import { usageTotals } from '../../../src/core/measure/usage/usage-totals.ts';

const stat = '4242 (qemu-system (x)) S 1 4242 4242 0 -1 4194560 100 0 0 0 250 50 0 0 20 0 4 0 987654 1 1 1 1';
const status = 'Name:\tqemu\nVmRSS:\t  204800 kB\n';
const io = 'rchar: 1\nwchar: 2\nread_bytes: 4096\nwrite_bytes: 8192\ncancelled_write_bytes: 0\n';

const sample = (second: number, change: Partial<UsageSample> = {}): UsageSample => ({
  at: Date.UTC(2026, 0, 2, 3, 4, 5 + second),
  monotonicMs: 1000 * second,
  cpuSeconds: 0.5 * second,
  residentBytes: 1024 * 100 * (second + 1),
  readBytes: 1000 * second,
  writeBytes: 10 * second * second,
  ...change,
});
const record = (samples: readonly UsageSample[]): UsageRecord => ({
  intervalMs: 1000,
  samples,
  missed: 0,
  truncated: false,
  cost: { cpuSeconds: 0.001, wallSeconds: 2 },
});

describe('what a process uses', () => {
  it('is read from /proc of the very process, not of another one with its pid [M-07] [M-08] [M-09]', () => {
    expect(usageOfProc(stat, status, io, '987654')).toEqual({
      cpuSeconds: 3,
      residentBytes: 204_800 * 1024,
      readBytes: 4096,
      writeBytes: 8192,
    });
    expect(usageOfProc(stat, status, io, '987655')).toBeUndefined();
    expect(usageOfProc('', '', '', '987654')).toBeUndefined();
  });
  it('has no bytes read or written where the host does not tell them', () => {
    expect(usageOfProc(stat, status, '', '987654')).toEqual({ cpuSeconds: 3, residentBytes: 204_800 * 1024 });
    expect(usageOfPs('  1:02.50  2048\n')).toEqual({ cpuSeconds: 62.5, residentBytes: 2048 * 1024 });
    expect(usageOfPs('')).toBeUndefined();
  });
});

describe('resource_timeseries.csv', () => {
  it('has one row a sample with the use of its own interval; the first has none before it [M-07] [M-09] [M-10]', () => {
    expect(resourceCsv(record([sample(0), sample(1), sample(3)])).split('\n')).toEqual([
      resourceHeader,
      '2026-01-02T03:04:05Z,,100,0,0,,',
      '2026-01-02T03:04:06Z,50.0,200,1000,10,1000,10',
      '2026-01-02T03:04:08Z,50.0,400,3000,90,2000,80',
      '',
    ]);
    expect(resourceHeader).toBe(
      'timestamp,cpu_percent,rss_kb,read_bytes,write_bytes,delta_read_bytes,delta_write_bytes',
    );
  });
  it('leaves cells empty that are not known, and none is 0 for it [E.2-11]', () => {
    const { readBytes: _, writeBytes: __, ...blind } = sample(1);
    expect(resourceCsv(record([sample(0), blind])).split('\n')[2]).toBe('2026-01-02T03:04:06Z,50.0,200,,,,');
    expect(resourceCsv(record([]))).toBe(`${resourceHeader}\n`);
  });
});

describe('totals', () => {
  it('are of the whole time, and absent without a sample', () => {
    expect(usageTotals(record([sample(0), sample(4), sample(2)]))).toEqual({
      cpuSeconds: 1,
      cpuPercentAverage: 50,
      residentMaxBytes: 512_000,
      readBytes: 2000,
      writeBytes: 40,
    });
    expect(usageTotals(record([]))).toEqual({});
    expect(usageTotals(record([sample(2)])).cpuPercentAverage).toBeUndefined();
  });
});
