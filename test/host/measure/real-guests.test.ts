import { describe, expect, it } from 'vitest';
import { mediaIn } from '../../support/measured-media.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { smallGuests } from '../../support/unpacked-media.ts';

const guests = smallGuests();

const boots = [
  {
    what: 'GRUB on a rescue disk',
    request: { arch: 'i386', medium: { iso: guests.grubIso }, markers: 'grub-rescue' },
    // "Welcome to GRUB!" may be wiped off the screen before the firmware has copied it.
    passed: ['firmware', 'boot_device', 'grub_screen', 'menu_ready'],
  },
  {
    what: 'Memtest86+',
    request: {
      arch: 'x86_64',
      medium: { kernel: guests.memtest, append: 'console=ttyS0,115200' },
      machine: { memoryMib: 128, cpus: 1 },
      markers: 'memtest',
    },
    passed: ['screen', 'status_line', 'first_test'],
  },
  {
    what: 'U-Boot on arm',
    request: { arch: 'arm', medium: { bios: guests.uBoot.arm }, markers: 'u-boot' },
    passed: ['banner', 'memory', 'console', 'network', 'autoboot', 'prompt'],
  },
  {
    what: 'U-Boot on aarch64',
    request: { arch: 'aarch64', medium: { bios: guests.uBoot.aarch64 }, markers: 'u-boot' },
    passed: ['banner', 'memory', 'console', 'network', 'autoboot', 'prompt'],
  },
];

describe('guests that are not ours', () => {
  it.each(boots)('$what is measured by its own markers [M-01] [M-11] [M-44]', async ({ request, passed }) => {
    const media = await mediaIn(await temporaryDirectory());
    const seen = await media.boot(request);
    expect(seen.markers.map(({ name }) => name)).toEqual(expect.arrayContaining(passed));
    expect(seen.bootedAtMs).toBe(seen.markers.find(({ name }) => name === passed.at(-1))?.atMs);
  });
  it('with UEFI firmware write to the same port [M-44]', async () => {
    const media = await mediaIn(await temporaryDirectory());
    const pattern = '^(?:BdsDxe: |UEFI Interactive Shell)';
    const table = { markers: [{ name: 'firmware', pattern }], end: 'firmware' };
    const seen = await media.boot({
      arch: 'aarch64',
      medium: { iso: guests.grubIso },
      markers: media.file('uefi.json', JSON.stringify(table)),
    });
    expect(seen).toMatchObject({ outcome: 'completed', machine: { firmware: expect.stringContaining('.fd') } });
  });
});
