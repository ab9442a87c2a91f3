import { describe, expect, it } from 'vitest';
import { anySystemMarkers } from '../../../src/core/measure/markers/any-system.ts';
import { compileTable } from '../../../src/core/measure/markers/compile-table.ts';
import { guestNameOf, mediumDefaults } from '../../../src/core/measure/medium-defaults.ts';

describe('a medium of which only the file is told', () => {
  it.each([
    [{ iso: '/m/minix_R3.4.0rc6.iso' }, { guest: 'minix_R3.4.0rc6', markers: 'minix', arch: 'i386' }],
    [{ iso: '/m/netinst.ISO' }, { guest: 'netinst', markers: 'any-system', arch: 'x86_64' }],
    [
      { kernel: '/m/zImage', initrd: '/m/i.gz' },
      { guest: 'zImage', markers: 'linux', arch: 'x86_64' },
    ],
    [{ disk: '/m/a b.qcow2' }, { guest: 'a-b', markers: 'any-system', arch: 'x86_64' }],
  ])('%j is booted and watched as %j [M-18] [M-46]', (medium, expected) => {
    expect(mediumDefaults(medium, undefined, 'x86_64')).toEqual(expected);
  });

  it('is what the guest’s name says [M-50]', () => {
    expect(mediumDefaults({ iso: '/m/r.iso' }, 'minix', 'aarch64')).toMatchObject({ markers: 'minix', arch: 'i386' });
    expect(guestNameOf('debian-12')).toBe('debian-12');
  });

  it('is not over at a boot loader’s menu, and no marker has two meanings [M-44]', () => {
    const { markers } = compileTable(anySystemMarkers);
    expect(new Set(markers.map(({ name }) => name)).size).toBe(markers.length);
    const ends = (line: string) => markers.some(({ regex, ends: end }) => end && regex.test(line));
    expect(['debian login: ', 'login: ', 'sis> '].map(ends)).toEqual([true, true, true]);
    expect(ends('      Use the ^ and v keys to select which entry is highlighted.')).toBe(false);
  });
});
