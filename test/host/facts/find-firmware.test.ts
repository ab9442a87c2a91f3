import { mkdir, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findFirmware } from '../../../src/host/facts/find-firmware.ts';
import { descriptor, layOut, layouts } from '../../support/firmware-layouts.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const home = '/home/u';
const env = {};

describe('the firmware pair of each distribution [R-44]', () => {
  it.each([
    ['debian', 'x86_64', '/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_VARS_4M.fd', '60-edk2-x86_64.json'],
    ['debian', 'aarch64', '/usr/share/AAVMF/AAVMF_CODE.fd', '/usr/share/AAVMF/AAVMF_VARS.fd', '60-edk2-aarch64.json'],
    [
      'ubuntu',
      'aarch64',
      '/usr/share/AAVMF/AAVMF_CODE.no-secboot.fd',
      '/usr/share/AAVMF/AAVMF_VARS.fd',
      '60-edk2-aarch64.json',
    ],
    [
      'fedora',
      'x86_64',
      '/usr/share/edk2/ovmf/OVMF_CODE_4M.qcow2',
      '/usr/share/edk2/ovmf/OVMF_VARS_4M.qcow2',
      'nosb.json',
    ],
    [
      'fedora',
      'aarch64',
      '/usr/share/edk2/aarch64/QEMU_EFI-silent-pflash.qcow2',
      '/usr/share/edk2/aarch64/vars-template-pflash.qcow2',
      '51-edk2-aarch64-qcow2.json',
    ],
    ['arch', 'x86_64', '/usr/share/edk2/x64/OVMF_CODE.4m.fd', '/usr/share/edk2/x64/OVMF_VARS.4m.fd', 'table: Arch'],
    ['arch', 'aarch64', '/usr/share/edk2/aarch64/QEMU_CODE.fd', '/usr/share/edk2/aarch64/QEMU_VARS.fd', 'table: Arch'],
    [
      'opensuse',
      'x86_64',
      '/usr/share/qemu/ovmf-x86_64-4m-code.bin',
      '/usr/share/qemu/ovmf-x86_64-4m-vars.bin',
      'table: openSUSE',
    ],
    [
      'opensuse',
      'aarch64',
      '/usr/share/qemu/aavmf-aarch64-code.bin',
      '/usr/share/qemu/aavmf-aarch64-vars.bin',
      'table: openSUSE',
    ],
    [
      'homebrew',
      'aarch64',
      '/opt/homebrew/share/qemu/edk2-aarch64-code.fd',
      '/opt/homebrew/share/qemu/edk2-arm-vars.fd',
      '60-edk2',
    ],
    [
      'homebrew',
      'x86_64',
      '/opt/homebrew/share/qemu/edk2-x86_64-code.fd',
      '/opt/homebrew/share/qemu/edk2-i386-vars.fd',
      '60-edk2',
    ],
  ] as const)('%s, %s', async (name, arch, code, vars, source) => {
    const root = await temporaryDirectory();
    await layOut(root, layouts[name]);
    const found = await findFirmware({ arch, env, home, root, qemuPath: `/usr/bin/qemu-system-${arch}` });
    expect(found).toMatchObject({ codePath: code, varsTemplatePath: vars });
    expect(found?.codeFormat).toBe(code.endsWith('.qcow2') ? 'qcow2' : 'raw');
    expect(found?.source).toContain(source);
  });

  it("QEMU's own share folder comes first, also when the program is a link into a versioned folder", async () => {
    const root = await temporaryDirectory();
    await layOut(root, {
      files: {
        '/srv/qemu-10/share/qemu/edk2-x86_64-code.fd': 3_653_632,
        '/srv/qemu-10/share/qemu/edk2-i386-vars.fd': 540_672,
      },
      descriptors: {},
    });
    await layOut(root, { ...layouts.debian, descriptors: {} });
    await mkdir(join(root, 'srv/qemu-10/bin'));
    await writeFile(join(root, 'srv/qemu-10/bin/qemu-system-x86_64'), '');
    await mkdir(join(root, 'usr/bin'), { recursive: true });
    await symlink(join(root, 'srv/qemu-10/bin/qemu-system-x86_64'), join(root, 'usr/bin/qemu-system-x86_64'));
    const found = await findFirmware({ arch: 'x86_64', env, home, root, qemuPath: '/usr/bin/qemu-system-x86_64' });
    expect(found?.codePath).toBe('/srv/qemu-10/share/qemu/edk2-x86_64-code.fd');
  });

  it("a user's own descriptor wins; XDG_CONFIG_HOME names the folder", async () => {
    const root = await temporaryDirectory();
    await layOut(root, layouts.debian);
    const text = descriptor({ arch: 'x86_64', code: '/own/CODE.fd', vars: '/own/VARS.fd' });
    await layOut(root, {
      files: { '/own/CODE.fd': 3_653_632, '/own/VARS.fd': 540_672 },
      descriptors: { '/cfg/qemu/firmware/10-own.json': text },
    });
    const found = await findFirmware({ arch: 'x86_64', env: { XDG_CONFIG_HOME: '/cfg' }, home, root });
    expect(found).toMatchObject({ codePath: '/own/CODE.fd', source: 'descriptor /cfg/qemu/firmware/10-own.json' });
  });

  it('passes over what is missing, truncated, unpadded or not in the format named, and finds nothing in nothing', async () => {
    const root = await temporaryDirectory();
    await layOut(root, layouts.debian);
    await truncate(join(root, '/usr/share/OVMF/OVMF_CODE_4M.fd'), 0);
    expect(await findFirmware({ arch: 'x86_64', env, home, root })).toBeUndefined();
    await rm(join(root, '/usr/share/AAVMF'), { recursive: true });
    expect(await findFirmware({ arch: 'aarch64', env, home, root })).toBeUndefined();

    const fedora = await temporaryDirectory();
    await layOut(fedora, layouts.fedora);
    const image = join(fedora, '/usr/share/edk2/ovmf/OVMF_CODE_4M.qcow2');
    await mkdir(dirname(image), { recursive: true });
    await writeFile(image, 'not a qcow2 file');
    expect((await findFirmware({ arch: 'x86_64', env, home, root: fedora }))?.codePath).toBe(
      '/usr/share/edk2/ovmf/OVMF_CODE.fd',
    );
  });
});
