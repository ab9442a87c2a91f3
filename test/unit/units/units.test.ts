import { describe, expect, it } from 'vitest';
import { macAddressOf, secondMacAddress } from '../../../src/core/ids/mac-address.ts';
import { nearMatches } from '../../../src/core/ids/near-matches.ts';
import { hostnameFor, hostnamePattern, vmNamePattern } from '../../../src/core/ids/vm-name.ts';
import { formatDuration, parseDuration } from '../../../src/core/units/duration.ts';
import { formatBytes, formatMib, parseSize } from '../../../src/core/units/size.ts';

describe('sizes', () => {
  it.each([
    ['6G', 'M', 6 * 1024 ** 3],
    ['512M', 'M', 512 * 1024 ** 2],
    ['1.5 GiB', 'M', 1.5 * 1024 ** 3],
    ['6GB', 'M', 6 * 1024 ** 3],
    ['2t', 'G', 2 * 1024 ** 4],
    ['64K', 'G', 65536],
    ['6144', 'M', 6 * 1024 ** 3],
    ['40', 'G', 40 * 1024 ** 3],
  ] as const)('%s with bare unit %s', (text, unit, bytes) => {
    expect(parseSize(text, unit)?.bytes).toBe(bytes);
  });
  it.each(['', 'G', '-1G', '1e9', '6 X', '6GG', '0x10', '99999999T', 'NaN'])('%j is not a size', (text) => {
    expect(parseSize(text, 'M')).toBeUndefined();
  });
  it('prints the largest readable unit', () => {
    expect([formatBytes(17), formatMib(512), formatMib(6144), formatMib(1536)]).toEqual([
      '17 bytes',
      '512 MiB',
      '6 GiB',
      '1.5 GiB',
    ]);
  });
});

describe('durations', () => {
  it.each([
    ['90s', 90_000],
    ['5m', 300_000],
    ['2h', 7_200_000],
    ['1h30m', 5_400_000],
    ['500ms', 500],
    ['1.5s', 1500],
    ['7d', 604_800_000],
    ['30', 30_000],
  ])('%s', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });
  it.each(['', 'm', '-5m', '5 minutes', '5m!', 'forever'])('%j is not a duration', (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });
  it('prints what it parses', () => {
    for (const text of ['90s', '5m', '2h', '1h30m', '250ms'])
      expect(parseDuration(formatDuration(parseDuration(text) ?? 0))).toBe(parseDuration(text));
  });
});

describe('names', () => {
  it('finds what was meant', () => {
    expect(nearMatches('cpu_cuont', ['cpu_count', 'memory_mb'])).toEqual(['cpu_count']);
    expect(nearMatches('alma', ['almalinux-9', 'tiny'])).toEqual(['almalinux-9']);
    expect(nearMatches('zzz', ['almalinux-9', 'tiny'])).toEqual([]);
  });
  it.each(['../x', '', '-a', 'a b', 'a,b', 'x'.repeat(64)])('%j is no VM name', (name) => {
    expect(vmNamePattern.test(name)).toBe(false);
  });
  it('makes a valid hostname of any VM name', () => {
    for (const name of ['sysmonvm', 'My_VM.2', 'a-', '0', 'x'.repeat(63), 'a...b'])
      expect(hostnameFor(name)).toMatch(hostnamePattern);
  });
  it('gives a VM one address of its own, and its second card another', () => {
    expect(macAddressOf('vm-1')).toBe(macAddressOf('vm-1'));
    expect(macAddressOf('vm-1')).not.toBe(macAddressOf('vm-2'));
    expect(macAddressOf('vm-1')).toMatch(/^52:54:00(:[0-9a-f]{2}){3}$/);
    expect(secondMacAddress(macAddressOf('vm-1'))).toMatch(/^52:54:01(:[0-9a-f]{2}){3}$/);
  });
});
