import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workbench } from '../support/workbench.ts';

let bench: Workbench;
beforeAll(async () => {
  bench = await Workbench.make();
});
afterAll(() => bench.dispose());

describe.each([
  { image: 'tiny', memory: '256M', disk: '2G', boot: 'direct' },
  { image: 'debian-12', memory: '1G', disk: '10G', boot: 'uefi' },
])('aarch64: $image by $boot', ({ image, memory, disk, boot }) => {
  it('builds, boots, runs a command, powers off and leaves nothing [R-31] [R-44]', async () => {
    await bench.ok(['fetch-image', '--image', image, '--arch', 'aarch64']);
    const size = [
      '--image',
      image,
      '--arch',
      'aarch64',
      '--cpus',
      '2',
      '--memory',
      memory,
      '--disk',
      disk,
      '--boot',
      boot,
    ];
    await bench.ok(['up', 'arm', ...size]);
    expect((await bench.ok(['exec', 'arm', '--', 'uname', '-m'])).stdout).toBe('aarch64\n');
    const { vm } = await bench.json<{ vm: { arch: string; accelerator: string; boot: { name: string }[] } }>([
      'vm-status',
      'arm',
    ]);
    expect(vm).toMatchObject({ arch: 'aarch64' });
    await bench.ok(['vm-stop', 'arm']);
    expect((await bench.json<{ vm: { lastExit: object } }>(['vm-status', 'arm'])).vm.lastExit).toMatchObject({
      reason: 'stopped',
      exitCode: 0,
    });
    await bench.ok(['vm-destroy', 'arm', '--yes']);
    expect(await bench.leftovers()).toEqual([]);
  });
});
