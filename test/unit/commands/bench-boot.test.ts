import { describe, expect, it } from 'vitest';
import type { BootSeriesRequest } from '../../../src/core/measure/boot-operations.ts';
import { cli } from '../../support/run-cli.ts';

const asked = async (...argv: string[]): Promise<BootSeriesRequest> => {
  let request: BootSeriesRequest | undefined;
  const series = (given: BootSeriesRequest): never => {
    request = given;
    throw new Error('enough');
  };
  const { stderr } = await cli(['bench', 'boot', ...argv], {
    engine: { boots: { series, ab: () => Promise.reject(new Error('not asked for')) } },
  });
  if (request === undefined) throw new Error(stderr);
  return request;
};
const mediumOf = async (...argv: string[]) => (await asked(...argv)).configurations[0];

describe('bench boot', () => {
  it('takes a size of --disk for a VM and anything else for a file [M-56]', async () => {
    expect(await mediumOf('--disk', '20G')).toMatchObject({ config: { diskGib: { value: 20 } } });
    expect(await mediumOf('--disk', '/m/own.img')).toEqual({
      medium: { medium: { disk: '/m/own.img' }, machine: {} },
      parameters: {},
    });
  });

  it('knows the words of other tools for memory and processors [M-50] [M-56]', async () => {
    expect(await mediumOf('--mem', '1G', '--smp', '2', '--no-kvm')).toMatchObject({
      config: { memoryMib: { value: 1024 }, cpus: { value: 2 }, accelerator: { value: 'tcg' } },
    });
    const words = ['--mem', '512M', '--smp', '2', '--no-kvm', '--cpus-pin', '0,2-3', '--vnc-port', '5900'];
    expect(await mediumOf('--iso', '/m.iso', ...words)).toMatchObject({
      medium: {
        machine: { memoryMib: 512, cpus: 2, accelerator: 'tcg', pinnedCpus: [0, 2, 3], vncPort: 5900 },
      },
    });
    expect(await asked('--iso', '/m.iso', '--name', 'minix')).toMatchObject({ guest: 'minix' });
  });

  it('varies processors, CPU models and memory of a medium [M-59]', async () => {
    const { configurations } = await asked('--iso', '/m.iso', '--vary', 'cpus=1,2', '--vary', 'memory=256M');
    expect(configurations).toMatchObject([
      { medium: { machine: { cpus: 1, memoryMib: 256 } }, parameters: { cpus: '1', memory: '256M' } },
      { medium: { machine: { cpus: 2, memoryMib: 256 } }, parameters: { cpus: '2', memory: '256M' } },
    ]);
  });

  it('installs with a script or by hand, on a new disk or on one that is there [M-57] [M-58]', async () => {
    const medium = ['--iso', '/m.iso', '--disk', '/d.qcow2'];
    expect(await mediumOf(...medium, '--install-script', '/a.yaml')).toMatchObject({
      medium: { medium: { iso: '/m.iso' }, script: '/a.yaml', install: { disk: '/d.qcow2', sizeGib: 2 } },
    });
    expect(await mediumOf(...medium, '--no-create', '--vnc-port', '5901')).toMatchObject({
      medium: { install: { disk: '/d.qcow2' }, machine: { vncPort: 5901 } },
    });
  });

  it.each([
    [['--iso', '/m.iso', '--warm'], '--warm is for VMs'],
    [['--iso', '/m.iso', '--cloud-init', 'x'], '--cloud-init is for VMs'],
    [['--iso', '/m.iso', '--image', 'debian-12'], '--image names an image of ours'],
    [['--iso', '/m.iso', '--vary', 'image=a,b'], '--vary image is for VMs'],
    [['--iso', '/m.iso', '--disk', '40G'], '--disk is the size 40G'],
    [['--iso', '/m.iso', '--size', '2G'], 'needs a disk'],
    [['--iso', '/m.iso', '--docker'], 'need the tag'],
    [['--iso', '/m.iso', '--docker', '--podman', '--image', 'a'], 'exclude each other'],
    [['--iso', '/m.iso', '--network', 'bridged'], 'none or user'],
    [['--iso', '/m.iso', '--mem', '1G', '--memory', '1G'], '--mem is the same as --memory'],
    [['--iso', '/m.iso', '--cpus-pin', '0-'], 'accepted is a list'],
    [['--iso', '/m.iso', '--disk', '/d', '--size', '2G', '--iterations', '2'], 'made once'],
  ])('refuses %j [M-04]', async (argv, words) => {
    const { code, stderr } = await cli(['bench', 'boot', ...argv]);
    expect(stderr).toContain(words);
    expect(code).toBe(2);
  });
});
