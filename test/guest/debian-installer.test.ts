import { describe, expect, it } from 'vitest';
import { mediaIn } from '../support/measured-media.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { installerOf } from '../support/unpacked-media.ts';

/** The text frontend asks its questions as lines; without it they are drawn. */
const words = (console: string): string => `console=${console} DEBIAN_FRONTEND=text priority=high`;

const installers = [
  { arch: 'i386', debian: 'i386', console: 'ttyS0', memoryMib: 512 },
  { arch: 'x86_64', debian: 'amd64', console: 'ttyS0', memoryMib: 1024 },
  { arch: 'aarch64', debian: 'arm64', console: 'ttyAMA0', memoryMib: 768 },
  { arch: 'arm', debian: 'armhf', console: 'ttyAMA0', memoryMib: 512 },
] as const;

describe("Debian's installer", () => {
  it.each(installers)('is measured on $arch up to its first question [M-01] [M-11] [M-42] [M-44]', async (guest) => {
    const { arch, debian, console: port, memoryMib } = guest;
    const media = await mediaIn(await temporaryDirectory());
    const seen = await media.boot({
      arch,
      medium: { ...installerOf(debian), append: words(port) },
      machine: { memoryMib, cpus: 1 },
      markers: 'debian-installer',
      timeoutMs: 800_000,
    });
    expect(seen).toMatchObject({ outcome: 'completed', machine: { arch, network: 'none' } });
    const order = ['kernel', 'memory_disk_unpacked', 'init', 'installer', 'first_question'];
    expect(seen.markers.map(({ name }) => name).filter((name) => order.includes(name))).toEqual(order);
    expect(seen.bootedAtMs).toBe(seen.markers.find(({ name }) => name === 'first_question')?.atMs);
  });
});
