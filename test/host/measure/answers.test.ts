import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mediaIn } from '../../support/measured-media.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { smallGuests } from '../../support/unpacked-media.ts';

const { uBoot, grubIso } = smallGuests();

const install = `steps:
  - { name: stop, expect: 'Hit any key', send: ' ', enter: false, timeout: 60s }
  - { name: find the disk, expect: '^=> $', send: 'virtio scan; virtio info' }
  - { name: fill memory, expect: '^=> $', send: 'mw.b 0x48000000 0x5a 0x200' }
  - { name: write, expect: '^=> $', send: 'virtio write 0x48000000 3 1' }
  - { name: written, expect: '1 blocks written: OK' }
`;

describe('answers on the console', () => {
  it('stop a boot loader that counts down', async () => {
    const media = await mediaIn(await temporaryDirectory());
    const script = media.file('stop.yaml', 'steps:\n  - { expect: Hit any key, send: " ", enter: false }\n');
    const seen = await media.boot({ arch: 'arm', medium: { bios: uBoot.arm }, markers: 'u-boot', script });
    expect(seen.outcome).toBe('completed');
    expect(seen.steps).toMatchObject([{ name: 'step 1' }]);
    // It had no time to look for anything to boot.
    expect(readFileSync(seen.paths.bootLog, 'latin1')).not.toContain('scanning bus');
  });

  it('install on a disk that is made for it, and what was written is there [M-58]', async () => {
    const directory = await temporaryDirectory();
    const media = await mediaIn(directory);
    const disk = join(directory, 'installed.qcow2');
    const seen = await media.boot({
      arch: 'aarch64',
      medium: { bios: uBoot.aarch64 },
      markers: 'u-boot',
      script: media.file('install.yaml', install),
      install: { disk, sizeGib: 2 },
    });
    expect(seen).toMatchObject({ outcome: 'completed', paths: { disk } });
    expect(seen.steps.map(({ name }) => name)).toEqual(['stop', 'find the disk', 'fill memory', 'write', 'written']);
    expect(seen.bootedAtMs).toBe(seen.steps.at(-1)?.atMs);
    execFileSync('qemu-img', ['dd', '-f', 'qcow2', '-O', 'raw', 'bs=512', 'count=5', `if=${disk}`, `of=${disk}.raw`]);
    const sectors = readFileSync(`${disk}.raw`);
    expect(sectors.subarray(3 * 512, 4 * 512).every((byte) => byte === 0x5a)).toBe(true);
    expect(sectors.subarray(0, 3 * 512).every((byte) => byte === 0)).toBe(true);
    const again = media.boot({
      arch: 'aarch64',
      medium: { bios: uBoot.aarch64 },
      markers: 'u-boot',
      script: join(directory, 'install.yaml'),
      install: { disk, sizeGib: 2 },
    });
    await expect(again).rejects.toMatchObject({ code: 'usage.invalid-argument' });
  });

  it('that nobody asks for end the boot with the name of the step, and leave no disk [M-58]', async () => {
    const directory = await temporaryDirectory();
    const media = await mediaIn(directory);
    const disk = join(directory, 'never.qcow2');
    const seen = await media.boot({
      arch: 'i386',
      medium: { iso: grubIso },
      markers: 'grub-rescue',
      script: media.file('s.yaml', 'steps:\n  - { name: partition, expect: Which disk, send: "1", timeout: 5s }\n'),
      install: { disk, sizeGib: 1 },
    });
    expect(seen).toMatchObject({ outcome: 'timeout', failure: { code: 'media.step-timeout' } });
    expect(seen.failure?.message).toMatch(/^step "partition" of .*s\.yaml waited 5 s for \/Which disk\/$/);
    expect(seen).not.toHaveProperty('bootedAtMs');
    expect(existsSync(disk)).toBe(false);
  });
});
