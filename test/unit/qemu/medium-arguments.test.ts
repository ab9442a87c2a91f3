import { describe, expect, it } from 'vitest';
import type { MachineWishes, Medium, MediumArch } from '../../../src/core/measure/boot-medium.ts';
import { containerArguments } from '../../../src/core/measure/container-arguments.ts';
import { mediumArguments } from '../../../src/core/qemu/medium-arguments.ts';
import { resolveMachine } from '../../../src/core/qemu/medium-machine.ts';
import { pinnedCommand } from '../../../src/core/qemu/pinned-command.ts';

type Accelerator = 'kvm' | 'hvf' | 'tcg';

function argumentsFor(
  arch: MediumArch,
  medium: Medium,
  wishes: MachineWishes = {},
  rest: { readonly accelerator?: Accelerator; readonly installing?: boolean } = {},
): readonly string[] {
  const { accelerator = 'tcg', installing = false } = rest;
  const resolved = resolveMachine(arch, medium, wishes, { qemuVersion: '7.2.22', accelerated: accelerator !== 'tcg' });
  return mediumArguments({
    ...{ arch, resolved, wishes, medium, installing, accelerator },
    macAddress: '52:54:00:01:02:03',
    serialSocket: '/run/s',
    bootLog: '/out/boot.log',
  });
}
const valuesOf = (args: readonly string[], option: string): readonly string[] =>
  args.flatMap((arg, at) => (arg === option ? [args[at + 1] ?? ''] : []));
const media: readonly (readonly [MediumArch, Medium])[] = [
  ['i386', { iso: '/m.iso' }],
  ['x86_64', { iso: '/m.iso', disk: '/d.img' }],
  ['aarch64', { iso: '/m.iso' }],
  ['arm', { kernel: '/k', rootfs: '/r' }],
  ['arm', { bios: '/u-boot.bin' }],
];

describe('the machine of a medium', () => {
  it.each(media)('%s has no network, no screen and no writable medium unless asked [M-39]', (arch, medium) => {
    const args = argumentsFor(arch, medium);
    expect(valuesOf(args, '-nic')).toEqual(['none']);
    expect(args.join(' ')).not.toMatch(/-netdev|hostfwd|model=e1000/);
    expect(valuesOf(args, '-display')).toEqual(['none']);
    expect(args.join(' ')).not.toContain('vnc');
    expect(args).toContain('-nodefaults');
    for (const drive of valuesOf(args, '-drive')) expect(drive).toMatch(/readonly=on|snapshot=on/);
    for (const drive of valuesOf(args, '-drive')) expect(drive).toMatch(/format=(raw|qcow2)/);
  });

  it.each(media)('%s asks for the host CPU only where there is acceleration [M-41]', (arch, medium) => {
    expect(valuesOf(argumentsFor(arch, medium), '-cpu')[0]).not.toMatch(/^host/);
    expect(valuesOf(argumentsFor(arch, medium, {}, { accelerator: 'kvm' }), '-cpu')).toEqual(['host']);
    const reproducible = argumentsFor(arch, medium, { reproducible: true }, { accelerator: 'kvm' });
    expect(valuesOf(reproducible, '-cpu')[0]).not.toMatch(/^(host|max)/);
  });

  it('is one version of itself for ever when it has to be reproducible', () => {
    const machineOf = (arch: MediumArch, medium: Medium, wishes: MachineWishes = {}) =>
      valuesOf(argumentsFor(arch, medium, { reproducible: true, ...wishes }), '-machine')[0];
    expect(machineOf('x86_64', { iso: '/m.iso' })).toBe('pc-q35-7.2,graphics=off');
    expect(machineOf('i386', { iso: '/m.iso' })).toBe('pc-i440fx-7.2,graphics=off');
    expect(machineOf('aarch64', { kernel: '/k' })).toBe('virt-7.2');
    expect(machineOf('arm', { kernel: '/k' }, { machine: 'vexpress-a9' })).toBe('vexpress-a9');
  });

  it('has a fixed address when it has a network, and forwards no port', () => {
    expect(valuesOf(argumentsFor('i386', { iso: '/m.iso' }, { network: 'user' }), '-nic')).toEqual([
      'user,ipv6=off,model=e1000,mac=52:54:00:01:02:03',
    ]);
  });

  it('shows its screen on 127.0.0.1 only, and only when asked [M-57]', () => {
    const args = argumentsFor('i386', { iso: '/m.iso' }, { vncPort: 5903 });
    expect(valuesOf(args, '-display')).toEqual(['vnc=127.0.0.1:3']);
  });

  it('boots an SD card on the board that has one [M-42]', () => {
    const args = argumentsFor('arm', { kernel: '/k', deviceTree: '/d.dtb', rootfs: '/r,1' });
    expect(valuesOf(args, '-machine')).toEqual(['vexpress-a9']);
    expect(valuesOf(args, '-cpu')).toEqual(['cortex-a9']);
    expect(valuesOf(args, '-drive')).toEqual(['if=sd,format=raw,snapshot=on,cache=unsafe,file=/r,,1']);
  });

  it('writes to its disk only when it installs [M-58]', () => {
    const [cd, disk] = valuesOf(
      argumentsFor('i386', { iso: '/m.iso', disk: '/d' }, {}, { installing: true }),
      '-drive',
    );
    expect(cd).toContain('readonly=on');
    expect(disk).toContain('cache=writeback,file=/d');
    expect(disk).not.toContain('snapshot');
  });

  it('lets nothing of the console get lost: QEMU connects to us and keeps a log', () => {
    expect(valuesOf(argumentsFor('i386', { iso: '/m.iso' }), '-chardev')).toEqual([
      'socket,id=serial,path=/run/s,server=off,logfile=/out/boot.log,logappend=off',
    ]);
  });

  it('is pinned by taskset', () => {
    expect(pinnedCommand('qemu', ['-m', '1'], [0, 1])).toEqual({
      executable: 'taskset',
      args: ['--cpu-list', '0,1', 'qemu', '-m', '1'],
    });
    expect(pinnedCommand('qemu', ['-m', '1'], undefined)).toEqual({ executable: 'qemu', args: ['-m', '1'] });
  });
});

describe('the container of a measurement', () => {
  const run = {
    engine: 'podman',
    image: 'qemu:7.2',
    name: 'bench-1',
    kvm: true,
    readOnly: ['/m.iso'],
    writable: ['/tmp/x', '/out'],
    user: { uid: 1000, gid: 1000, kvmGroup: 104 },
    watchdog: 'script',
    qemu: 'qemu-system-i386',
    qemuArgs: ['-nic', 'none'],
  } as const;
  const args = containerArguments(run);

  it('has the KVM device and nothing else of the host [M-40]', () => {
    expect(valuesOf(args, '--device')).toEqual(['/dev/kvm']);
    expect(valuesOf(args, '--cap-drop')).toEqual(['ALL']);
    expect(valuesOf(args, '--network')).toEqual(['none']);
    expect(valuesOf(args, '--security-opt')).toEqual(['no-new-privileges']);
    expect(valuesOf(args, '--user')).toEqual(['1000:1000']);
    expect(args).toContain('--read-only');
    expect(args.join(' ')).not.toMatch(/privileged|cap-add|--publish|-p |docker\.sock/);
    expect(valuesOf(containerArguments({ ...run, kvm: false }), '--device')).toEqual([]);
    expect(containerArguments({ ...run, kvm: false })).not.toContain('--group-add');
  });

  it('binds the medium read-only and the measurement writable, and nothing more [M-03]', () => {
    expect(valuesOf(args, '--mount')).toEqual([
      'type=bind,source=/m.iso,target=/m.iso,readonly',
      'type=bind,source=/tmp/x,target=/tmp/x',
      'type=bind,source=/out,target=/out',
    ]);
    expect(args).not.toContain('--volume');
  });

  it('replaces the entry point of the image and ends with us [M-02]', () => {
    expect(valuesOf(args, '--entrypoint')).toEqual(['/bin/sh']);
    expect(args).toContain('--interactive');
    expect(args.slice(args.indexOf('qemu:7.2'))).toEqual([
      ...['qemu:7.2', '-c', 'script', 'sysmonvm-watchdog', 'qemu-system-i386', '-nic', 'none'],
    ]);
    expect(args).toEqual(expect.arrayContaining(['--rm', '--pull', 'never']));
  });
});
