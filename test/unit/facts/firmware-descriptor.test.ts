import { describe, expect, it } from 'vitest';
import {
  type DescriptorFile,
  descriptorCandidates,
  matchesGlob,
  parseDescriptor,
} from '../../../src/core/facts/firmware-descriptor.ts';
import { firmwareSizeProblem, qcow2VirtualSize, tableCandidates } from '../../../src/core/facts/firmware-paths.ts';
import { descriptor, type Layout, layouts } from '../../support/firmware-layouts.ts';

const filesOf = (layout: Layout): DescriptorFile[] =>
  Object.entries(layout.descriptors).map(([path, text]) => ({
    folder: path.slice(0, path.lastIndexOf('/')),
    name: path.slice(path.lastIndexOf('/') + 1),
    text,
  }));

const codes = (layout: Layout, arch: 'x86_64' | 'aarch64') =>
  descriptorCandidates(filesOf(layout), arch).map(({ codePath }) => codePath);

describe('firmware descriptors of QEMU [R-44]', () => {
  it.each([
    ['debian', 'x86_64', ['/usr/share/OVMF/OVMF_CODE_4M.fd']],
    ['debian', 'aarch64', ['/usr/share/AAVMF/AAVMF_CODE.fd']],
    ['ubuntu', 'aarch64', ['/usr/share/AAVMF/AAVMF_CODE.no-secboot.fd', '/usr/share/AAVMF/AAVMF_CODE.fd']],
    ['fedora', 'x86_64', ['/usr/share/edk2/ovmf/OVMF_CODE_4M.qcow2', '/usr/share/edk2/ovmf/OVMF_CODE.fd']],
    ['arch', 'x86_64', []],
    ['opensuse', 'x86_64', []],
    ['homebrew', 'aarch64', ['/opt/homebrew/Cellar/qemu/10.0.3/share/qemu/edk2-aarch64-code.fd']],
  ] as const)('%s for %s: what needs SMM, enrolled keys or no variables is left out', (name, arch, expected) => {
    expect(codes(layouts[name], arch)).toEqual(expected);
  });

  it('a name in a higher folder hides the same name below it, an empty file hides it altogether', () => {
    const own = { arch: 'x86_64', code: '/home/u/CODE.fd', vars: '/home/u/VARS.fd' } as const;
    const file = (folder: string, text: string): DescriptorFile => ({ folder, name: '60-edk2-x86_64.json', text });
    const debian = filesOf(layouts.debian);
    expect(descriptorCandidates([file('/home/u/.config/qemu/firmware', descriptor(own)), ...debian], 'x86_64')).toEqual(
      [
        {
          codePath: '/home/u/CODE.fd',
          codeFormat: 'raw',
          varsTemplatePath: '/home/u/VARS.fd',
          varsFormat: 'raw',
          source: 'descriptor /home/u/.config/qemu/firmware/60-edk2-x86_64.json',
        },
      ],
    );
    expect(descriptorCandidates([file('/etc/qemu/firmware', ''), ...debian], 'x86_64')).toEqual([]);
  });

  it.each([
    ['not JSON', '{'],
    ['a list', '[]'],
    ['BIOS', JSON.stringify({ 'interface-types': ['bios'], mapping: { device: 'memory' } })],
    ['no variables', descriptor({ arch: 'x86_64', code: '/c', vars: '' })],
    ['memory', descriptor({ arch: 'x86_64', code: '/c', vars: '/v', device: 'memory' })],
    ['combined', descriptor({ arch: 'x86_64', code: '/c', vars: '/v', mode: 'combined' })],
  ])('%s is no pair', (_, text) => {
    expect(parseDescriptor({ folder: '/f', name: 'a.json', text })).toBeUndefined();
  });

  it('only a machine of ours counts', () => {
    const text = descriptor({ arch: 'x86_64', code: '/c', vars: '/v', machines: ['pc-i440fx-*', 'microvm'] });
    expect(descriptorCandidates([{ folder: '/f', name: 'a.json', text }], 'x86_64')).toEqual([]);
    expect(matchesGlob('pc-q35-rhel9.4.0', 'pc-q35-*')).toBe(true);
    expect(matchesGlob('pc-q35x', 'pc-q35-*')).toBe(false);
    expect(matchesGlob('virt-9.2', 'virt-?.?')).toBe(true);
  });
});

describe('firmware by path [R-44]', () => {
  it('puts the share folders of QEMU in first, in their order', () => {
    const [first, second] = tableCandidates('aarch64', ['/opt/homebrew/share', '/usr/share']);
    expect(first).toEqual({
      codePath: '/opt/homebrew/share/qemu/edk2-aarch64-code.fd',
      codeFormat: 'raw',
      varsTemplatePath: '/opt/homebrew/share/qemu/edk2-arm-vars.fd',
      varsFormat: 'raw',
      source: 'path table: Homebrew, QEMU itself',
    });
    expect(second?.codePath).toBe('/usr/share/qemu/edk2-aarch64-code.fd');
  });

  it.each(['debian', 'ubuntu', 'fedora', 'arch', 'opensuse', 'homebrew'] as const)(
    'has rows for %s that exist there, without its descriptors',
    (name) => {
      const { files } = layouts[name] as Layout;
      for (const arch of ['x86_64', 'aarch64'] as const) {
        const found = tableCandidates(arch, ['/opt/homebrew/share', '/usr/share']).find(
          ({ codePath, varsTemplatePath }) => codePath in files && varsTemplatePath in files,
        );
        expect(found, `${name} ${arch}`).toBeDefined();
      }
    },
  );

  it('knows what fits the flash banks', () => {
    const mib = 1024 * 1024;
    expect(firmwareSizeProblem('aarch64', 64 * mib, 64 * mib)).toBeUndefined();
    expect(firmwareSizeProblem('aarch64', 2 * mib, 64 * mib)).toContain('exactly 67108864');
    expect(firmwareSizeProblem('x86_64', 3_653_632, 540_672)).toBeUndefined();
    expect(firmwareSizeProblem('x86_64', 0, 540_672)).toContain('only 0 bytes');
    expect(firmwareSizeProblem('x86_64', 8 * mib, 540_672)).toContain('larger than 8 MiB');
    expect(firmwareSizeProblem('x86_64', 3_653_633, 540_672)).toContain('multiple of 4096');
  });

  it('reads the size that a qcow2 file shows to the guest', () => {
    const header = Buffer.alloc(32);
    header.writeUInt32BE(0x514649fb, 0);
    header.writeBigUInt64BE(67_108_864n, 24);
    expect(qcow2VirtualSize(header)).toBe(67_108_864);
    expect(qcow2VirtualSize(Buffer.alloc(32))).toBeUndefined();
    expect(qcow2VirtualSize(Buffer.alloc(8))).toBeUndefined();
  });
});
