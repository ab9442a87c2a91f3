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

describe('aarch64: a template', () => {
  it('is forked into machines of their own, which leave nothing', async () => {
    const size = ['--image', 'tiny', '--arch', 'aarch64', '--cpus', '1', '--memory', '256M', '--disk', '2G'];
    await bench.ok(['template', 'create', 'arm', ...size]);
    await bench.ok(['fork', 'arm', '--count', '2']);
    const told = async (name: string) => {
      const script = 'uname -m; hostname; cat /etc/machine-id; date +%s';
      const [arch, hostname, machineId, seconds] = (await bench.ok(['exec', name, '--', 'sh', '-c', script])).stdout
        .trim()
        .split('\n');
      const { stdout: keys } = await bench.ok([
        'exec',
        name,
        '--via',
        'agent',
        '--',
        'sh',
        '-c',
        'cat ~/.ssh/authorized_keys',
      ]);
      return { arch, hostname, machineId, keys, behind: Math.abs(Date.now() / 1000 - Number(seconds)) };
    };
    const [one, two] = [await told('arm-1'), await told('arm-2')];
    expect([one, two]).toMatchObject([
      { arch: 'aarch64', hostname: 'arm-1' },
      { arch: 'aarch64', hostname: 'arm-2' },
    ]);
    expect(one.machineId).toMatch(/^[0-9a-f]{32}$/);
    expect(one.machineId).not.toBe(two.machineId);
    expect(one.keys).not.toBe(two.keys);
    expect(Math.max(one.behind, two.behind)).toBeLessThan(5);
    for (const name of ['arm-1', 'arm-2']) await bench.ok(['vm-destroy', name, '--yes']);
    await bench.ok(['template', 'destroy', 'arm', '--yes']);
    expect(await bench.leftovers()).toEqual([]);
  });
});
