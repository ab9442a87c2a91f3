import type { GuestArch } from '../host-facts.ts';
import type { FirmwareCandidate } from './firmware-descriptor.ts';

/** Where distributions keep a code and variables pair; `{share}` stands for each share folder of an installed QEMU. */
const rows: Readonly<Record<GuestArch, readonly (readonly [where: string, code: string, vars: string])[]>> = {
  x86_64: [
    ['Homebrew, QEMU itself', '{share}/qemu/edk2-x86_64-code.fd', '{share}/qemu/edk2-i386-vars.fd'],
    ['Debian, Ubuntu', '/usr/share/OVMF/OVMF_CODE_4M.fd', '/usr/share/OVMF/OVMF_VARS_4M.fd'],
    ['Debian, Ubuntu (2 MiB)', '/usr/share/OVMF/OVMF_CODE.fd', '/usr/share/OVMF/OVMF_VARS.fd'],
    ['Fedora', '/usr/share/edk2/ovmf/OVMF_CODE_4M.qcow2', '/usr/share/edk2/ovmf/OVMF_VARS_4M.qcow2'],
    ['Fedora (2 MiB)', '/usr/share/edk2/ovmf/OVMF_CODE.fd', '/usr/share/edk2/ovmf/OVMF_VARS.fd'],
    ['Enterprise Linux', '/usr/share/edk2/ovmf/OVMF_CODE.cc.fd', '/usr/share/edk2/ovmf/OVMF_VARS.fd'],
    ['Arch', '/usr/share/edk2/x64/OVMF_CODE.4m.fd', '/usr/share/edk2/x64/OVMF_VARS.4m.fd'],
    ['Arch (2 MiB)', '/usr/share/edk2/x64/OVMF_CODE.fd', '/usr/share/edk2/x64/OVMF_VARS.fd'],
    ['Arch (older)', '/usr/share/edk2-ovmf/x64/OVMF_CODE.fd', '/usr/share/edk2-ovmf/x64/OVMF_VARS.fd'],
    ['openSUSE', '/usr/share/qemu/ovmf-x86_64-4m-code.bin', '/usr/share/qemu/ovmf-x86_64-4m-vars.bin'],
    ['openSUSE (2 MiB)', '/usr/share/qemu/ovmf-x86_64-code.bin', '/usr/share/qemu/ovmf-x86_64-vars.bin'],
    ['Gentoo', '/usr/share/edk2-ovmf/OVMF_CODE.fd', '/usr/share/edk2-ovmf/OVMF_VARS.fd'],
    ['NixOS', '/run/libvirt/nix-ovmf/OVMF_CODE.fd', '/run/libvirt/nix-ovmf/OVMF_VARS.fd'],
  ],
  aarch64: [
    ['Homebrew, QEMU itself', '{share}/qemu/edk2-aarch64-code.fd', '{share}/qemu/edk2-arm-vars.fd'],
    ['Ubuntu', '/usr/share/AAVMF/AAVMF_CODE.no-secboot.fd', '/usr/share/AAVMF/AAVMF_VARS.fd'],
    ['Debian, Ubuntu, Fedora', '/usr/share/AAVMF/AAVMF_CODE.fd', '/usr/share/AAVMF/AAVMF_VARS.fd'],
    [
      'Fedora, Enterprise Linux',
      '/usr/share/edk2/aarch64/QEMU_EFI-silent-pflash.raw',
      '/usr/share/edk2/aarch64/vars-template-pflash.raw',
    ],
    [
      'Fedora (qcow2)',
      '/usr/share/edk2/aarch64/QEMU_EFI-silent-pflash.qcow2',
      '/usr/share/edk2/aarch64/vars-template-pflash.qcow2',
    ],
    ['Arch', '/usr/share/edk2/aarch64/QEMU_CODE.fd', '/usr/share/edk2/aarch64/QEMU_VARS.fd'],
    ['Arch (older)', '/usr/share/edk2-armvirt/aarch64/QEMU_CODE.fd', '/usr/share/edk2-armvirt/aarch64/QEMU_VARS.fd'],
    ['openSUSE', '/usr/share/qemu/aavmf-aarch64-code.bin', '/usr/share/qemu/aavmf-aarch64-vars.bin'],
    ['NixOS', '/run/libvirt/nix-ovmf/AAVMF_CODE.fd', '/run/libvirt/nix-ovmf/AAVMF_VARS.fd'],
  ],
};

const formatOf = (path: string): 'raw' | 'qcow2' => (path.endsWith('.qcow2') ? 'qcow2' : 'raw');

/** `shareFolders`: of the QEMU found, of Homebrew and of the system, most fitting first. */
export function tableCandidates(arch: GuestArch, shareFolders: readonly string[]): readonly FirmwareCandidate[] {
  return rows[arch].flatMap(([where, code, vars]) => {
    const folders = code.startsWith('{share}') ? shareFolders : [''];
    return folders.map((share) => {
      const codePath = code.replace('{share}', share);
      const varsTemplatePath = vars.replace('{share}', share);
      return {
        codePath,
        codeFormat: formatOf(codePath),
        varsTemplatePath,
        varsFormat: formatOf(varsTemplatePath),
        source: `path table: ${where}`,
      };
    });
  });
}

/** Flash banks that QEMU accepts: `virt` has two of exactly 64 MiB; q35 has room for 8 MiB, in pages. */
export function firmwareSizeProblem(arch: GuestArch, codeBytes: number, varsBytes: number): string | undefined {
  const bank = 64 * 1024 * 1024;
  if (arch === 'aarch64') {
    if (codeBytes !== bank) return `the code is ${codeBytes} bytes, machine virt takes exactly ${bank}`;
    return varsBytes === bank ? undefined : `the variables are ${varsBytes} bytes, machine virt takes exactly ${bank}`;
  }
  if (codeBytes < 1024 * 1024) return `the code is only ${codeBytes} bytes`;
  if (varsBytes < 64 * 1024) return `the variables are only ${varsBytes} bytes`;
  if (codeBytes % 4096 !== 0 || varsBytes % 4096 !== 0) return 'the size is not a multiple of 4096 bytes';
  return codeBytes + varsBytes > 8 * 1024 * 1024 ? 'code and variables are larger than 8 MiB together' : undefined;
}

/** Virtual size in the header of a qcow2 file (big-endian at offset 24), or undefined when it is none. */
export function qcow2VirtualSize(header: Uint8Array): number | undefined {
  if (header.length < 32) return undefined;
  const view = new DataView(header.buffer, header.byteOffset, header.byteLength);
  return view.getUint32(0) === 0x514649fb ? Number(view.getBigUint64(24)) : undefined;
}
