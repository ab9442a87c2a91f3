import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Workbench } from '../support/workbench.ts';

/** A real distribution with cloud-init. Three boots; everything that needs no distribution is tested with `tiny`. */
const size = ['--image', 'debian-12', '--cpus', '2', '--memory', '1G', '--disk', '10G'];
let bench: Workbench;

beforeAll(async () => {
  bench = await Workbench.make();
  await bench.ok(['fetch-image', '--image', 'debian-12']);
}, 900_000);
afterAll(() => bench.dispose());

const inGuest = async (script: string): Promise<string> =>
  (await bench.ok(['exec', 'deb', '--', 'sh', '-c', script])).stdout.trim();

describe('debian-12 through UEFI with a cloud-config of the user', () => {
  it('is provisioned: user, sudo, hostname, the files and commands of the user [R-39] [R-44]', async () => {
    const file = join(bench.root, 'mine.yaml');
    await writeFile(
      file,
      '#cloud-config\nwrite_files:\n  - path: /etc/mine\n    content: "from the user\\n"\nruncmd:\n  - [sh, -c, "echo ran > /var/ran"]\n',
    );
    await bench.ok(['up', 'deb', ...size, '--boot', 'uefi', '--cloud-init', file]);
    expect(
      await inGuest(
        'cat /etc/mine /var/ran; hostname; sudo -n id -u; findmnt -no SOURCE /boot/efi >/dev/null 2>&1; test -d /sys/firmware/efi && echo efi',
      ),
    ).toBe('from the user\nran\ndeb\n0\nefi');
    const { vm } = await bench.json<{ vm: { boot: { name: string }[]; firmware: { digest: string } } }>([
      'vm-status',
      'deb',
    ]);
    expect(vm.firmware.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
    expect(vm.boot.map((mark) => mark.name)).toEqual(
      expect.arrayContaining(['kernel', 'init', 'ssh-banner', 'ssh-login', 'cloud-init-done', 'ready']),
    );
  });

  it('the disk has the size that was asked for, the clock is right, the agent runs [R-30]', async () => {
    expect(Number(await inGuest('lsblk -bno SIZE /dev/vda | head -1'))).toBe(10 * 2 ** 30);
    expect(Number(await inGuest('df -B1 --output=size / | tail -1'))).toBeGreaterThan(4 * 2 ** 30);
    expect(Math.abs(Number(await inGuest('date +%s')) - Date.now() / 1000)).toBeLessThan(10);
    expect(await inGuest('systemctl is-active qemu-guest-agent')).toBe('active');
  });

  it('a restart keeps host key, machine and instance: nothing is provisioned twice', async () => {
    const before = await inGuest(
      'cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub; cat /var/lib/cloud/data/instance-id',
    );
    await bench.ok(['exec', 'deb', '--', 'sudo', 'rm', '/var/ran']);
    await bench.ok(['vm-restart', 'deb']);
    expect(
      await inGuest('cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub; cat /var/lib/cloud/data/instance-id'),
    ).toBe(before);
    expect((await bench.run(['exec', 'deb', '--', 'test', '-e', '/var/ran'])).code).toBe(1);
    await bench.ok(['vm-destroy', 'deb', '--yes']);
    expect(await bench.leftovers()).toEqual([]);
  });
});

describe('a provisioning step that fails', () => {
  it('is a failure of the guest (exit 6) that shows the log lines, and the VM is ended', async () => {
    const file = join(bench.root, 'broken.yaml');
    await writeFile(file, '#cloud-config\nruncmd:\n  - [sh, -c, "echo the-reason-why >&2; exit 3"]\n');
    const up = await bench.run(['up', 'deb', ...size, '--cloud-init', file]);
    expect(up.code, up.stderr).toBe(6);
    expect(up.stderr).toContain('guest.provisioning-failed');
    expect(up.stderr).toContain('the-reason-why');
    const { vm } = await bench.json<{ vm: { state: string } }>(['vm-status', 'deb']);
    expect(vm.state).toBe('failed');
    await bench.ok(['vm-destroy', 'deb', '--yes']);
    expect(await bench.leftovers()).toEqual([]);
  });

  it('a cloud-config that is wrong is refused before anything boots, with its line', async () => {
    const file = join(bench.root, 'wrong.yaml');
    await writeFile(file, '#cloud-config\npackges: [curl]\n');
    const up = await bench.run(['up', 'deb', ...size, '--cloud-init', file]);
    expect(up.code).toBe(3);
    expect(up.stderr).toContain('wrong.yaml');
    expect(up.stderr).toMatch(/packages/);
    expect(await bench.leftovers()).toEqual([]);
  });
});
