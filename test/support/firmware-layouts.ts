/** Firmware packages of distributions as they lay their files out: descriptors and sizes, from their package lists. */
import { mkdir, open, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

export interface Layout {
  /** Path → size in bytes; sparse in tests. A qcow2 file gets a header that tells this size. */
  readonly files: Readonly<Record<string, number>>;
  readonly descriptors: Readonly<Record<string, string>>;
}

const mib = 1024 * 1024;
const bank = 64 * mib;
const [code4m, vars4m] = [3_653_632, 540_672];

interface DescriptorFacts {
  readonly arch: 'x86_64' | 'aarch64' | 'i386' | 'arm';
  readonly code: string;
  readonly vars: string;
  readonly features?: readonly string[];
  readonly format?: 'raw' | 'qcow2';
  readonly device?: string;
  readonly mode?: string;
  readonly machines?: readonly string[];
}

export function descriptor(facts: DescriptorFacts): string {
  const { arch, code, vars, features = [], format = 'raw', device = 'flash', mode } = facts;
  const machines = facts.machines ?? (arch === 'x86_64' || arch === 'i386' ? ['pc-q35-*'] : ['virt-*']);
  return JSON.stringify({
    description: 'UEFI',
    'interface-types': ['uefi'],
    mapping: {
      device,
      ...(mode === undefined ? {} : { mode }),
      executable: { filename: code, format },
      'nvram-template': { filename: vars, format },
    },
    targets: [{ architecture: arch, machines }],
    features,
    tags: [],
  });
}

const usrFolder = '/usr/share/qemu/firmware';
const secure = ['acpi-s3', 'requires-smm', 'secure-boot', 'verbose-dynamic'];

export const layouts = {
  debian: {
    files: {
      '/usr/share/OVMF/OVMF_CODE_4M.fd': code4m,
      '/usr/share/OVMF/OVMF_CODE_4M.ms.fd': code4m,
      '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd': code4m,
      '/usr/share/OVMF/OVMF_VARS_4M.fd': vars4m,
      '/usr/share/OVMF/OVMF_VARS_4M.ms.fd': vars4m,
      '/usr/share/AAVMF/AAVMF_CODE.fd': bank,
      '/usr/share/AAVMF/AAVMF_CODE.ms.fd': bank,
      '/usr/share/AAVMF/AAVMF_VARS.fd': bank,
      '/usr/share/AAVMF/AAVMF_VARS.ms.fd': bank,
      '/usr/share/qemu-efi-aarch64/QEMU_EFI.fd': 2 * mib,
    },
    descriptors: {
      [`${usrFolder}/40-edk2-x86_64-secure-enrolled.json`]: descriptor({
        arch: 'x86_64',
        code: '/usr/share/OVMF/OVMF_CODE_4M.ms.fd',
        vars: '/usr/share/OVMF/OVMF_VARS_4M.ms.fd',
        features: [...secure, 'enrolled-keys'],
      }),
      [`${usrFolder}/40-edk2-aarch64-secure-enrolled.json`]: descriptor({
        arch: 'aarch64',
        code: '/usr/share/AAVMF/AAVMF_CODE.ms.fd',
        vars: '/usr/share/AAVMF/AAVMF_VARS.ms.fd',
        features: ['enrolled-keys', 'secure-boot', 'verbose-static'],
      }),
      [`${usrFolder}/50-edk2-x86_64-secure.json`]: descriptor({
        arch: 'x86_64',
        code: '/usr/share/OVMF/OVMF_CODE_4M.secboot.fd',
        vars: '/usr/share/OVMF/OVMF_VARS_4M.fd',
        features: secure,
      }),
      [`${usrFolder}/60-edk2-x86_64.json`]: descriptor({
        arch: 'x86_64',
        code: '/usr/share/OVMF/OVMF_CODE_4M.fd',
        vars: '/usr/share/OVMF/OVMF_VARS_4M.fd',
        features: ['acpi-s3', 'amd-sev', 'verbose-dynamic'],
      }),
      [`${usrFolder}/60-edk2-aarch64.json`]: descriptor({
        arch: 'aarch64',
        code: '/usr/share/AAVMF/AAVMF_CODE.fd',
        vars: '/usr/share/AAVMF/AAVMF_VARS.fd',
        features: ['verbose-static'],
      }),
    },
  },
  /** Secure boot without enrolled keys is the plain AAVMF_CODE.fd; a build without it lies beside. */
  ubuntu: {
    files: {
      '/usr/share/OVMF/OVMF_CODE_4M.fd': code4m,
      '/usr/share/OVMF/OVMF_VARS_4M.fd': vars4m,
      '/usr/share/AAVMF/AAVMF_CODE.fd': bank,
      '/usr/share/AAVMF/AAVMF_CODE.no-secboot.fd': bank,
      '/usr/share/AAVMF/AAVMF_VARS.fd': bank,
    },
    descriptors: {
      [`${usrFolder}/50-edk2-aarch64-secure.json`]: descriptor({
        arch: 'aarch64',
        code: '/usr/share/AAVMF/AAVMF_CODE.fd',
        vars: '/usr/share/AAVMF/AAVMF_VARS.fd',
        features: ['secure-boot', 'verbose-static'],
      }),
      [`${usrFolder}/60-edk2-aarch64.json`]: descriptor({
        arch: 'aarch64',
        code: '/usr/share/AAVMF/AAVMF_CODE.no-secboot.fd',
        vars: '/usr/share/AAVMF/AAVMF_VARS.fd',
        features: ['verbose-static'],
      }),
      [`${usrFolder}/60-edk2-x86_64.json`]: descriptor({
        arch: 'x86_64',
        code: '/usr/share/OVMF/OVMF_CODE_4M.fd',
        vars: '/usr/share/OVMF/OVMF_VARS_4M.fd',
      }),
    },
  },
  fedora: {
    files: {
      '/usr/share/edk2/ovmf/OVMF_CODE_4M.qcow2': code4m,
      '/usr/share/edk2/ovmf/OVMF_VARS_4M.qcow2': vars4m,
      '/usr/share/edk2/ovmf/OVMF_CODE.fd': 1_966_080,
      '/usr/share/edk2/ovmf/OVMF_VARS.fd': 131_072,
      '/usr/share/edk2/aarch64/QEMU_EFI-silent-pflash.qcow2': bank,
      '/usr/share/edk2/aarch64/vars-template-pflash.qcow2': bank,
    },
    descriptors: {
      [`${usrFolder}/30-edk2-ovmf-4m-qcow2-x64-sb-enrolled.json`]: descriptor({
        arch: 'x86_64',
        code: '/usr/share/edk2/ovmf/OVMF_CODE_4M.secboot.qcow2',
        vars: '/usr/share/edk2/ovmf/OVMF_VARS_4M.secboot.qcow2',
        features: [...secure, 'enrolled-keys'],
        format: 'qcow2',
      }),
      [`${usrFolder}/31-edk2-ovmf-2m-raw-x64-nosb.json`]: descriptor({
        arch: 'x86_64',
        code: '/usr/share/edk2/ovmf/OVMF_CODE.fd',
        vars: '/usr/share/edk2/ovmf/OVMF_VARS.fd',
        features: ['secure-boot'],
      }),
      [`${usrFolder}/50-edk2-ovmf-4m-qcow2-x64-nosb.json`]: descriptor({
        arch: 'x86_64',
        code: '/usr/share/edk2/ovmf/OVMF_CODE_4M.qcow2',
        vars: '/usr/share/edk2/ovmf/OVMF_VARS_4M.qcow2',
        features: ['acpi-s3', 'verbose-dynamic'],
        format: 'qcow2',
      }),
      [`${usrFolder}/60-edk2-ovmf-x64-amdsev.json`]: descriptor({
        arch: 'x86_64',
        code: '/usr/share/edk2/ovmf/OVMF.amdsev.fd',
        vars: '/usr/share/edk2/ovmf/OVMF_VARS.fd',
        mode: 'stateless',
      }),
      [`${usrFolder}/51-edk2-aarch64-qcow2.json`]: descriptor({
        arch: 'aarch64',
        code: '/usr/share/edk2/aarch64/QEMU_EFI-silent-pflash.qcow2',
        vars: '/usr/share/edk2/aarch64/vars-template-pflash.qcow2',
        format: 'qcow2',
      }),
    },
  },
  arch: {
    files: {
      '/usr/share/edk2/x64/OVMF_CODE.4m.fd': code4m,
      '/usr/share/edk2/x64/OVMF_VARS.4m.fd': vars4m,
      '/usr/share/edk2/aarch64/QEMU_CODE.fd': bank,
      '/usr/share/edk2/aarch64/QEMU_VARS.fd': bank,
    },
    descriptors: {},
  },
  opensuse: {
    files: {
      '/usr/share/qemu/ovmf-x86_64-4m-code.bin': code4m,
      '/usr/share/qemu/ovmf-x86_64-4m-vars.bin': vars4m,
      '/usr/share/qemu/ovmf-x86_64-ms-code.bin': code4m,
      '/usr/share/qemu/ovmf-x86_64-ms-vars.bin': vars4m,
      '/usr/share/qemu/aavmf-aarch64-code.bin': bank,
      '/usr/share/qemu/aavmf-aarch64-vars.bin': bank,
    },
    descriptors: {
      [`${usrFolder}/50-ovmf-x86_64-ms.json`]: descriptor({
        arch: 'x86_64',
        code: '/usr/share/qemu/ovmf-x86_64-ms-code.bin',
        vars: '/usr/share/qemu/ovmf-x86_64-ms-vars.bin',
        features: ['acpi-s3', 'enrolled-keys', 'secure-boot'],
      }),
    },
  },
  /** Descriptors name the folder of the version; the link below the prefix stays over an upgrade. */
  homebrew: {
    files: Object.fromEntries(
      ['/opt/homebrew/share/qemu', '/opt/homebrew/Cellar/qemu/10.0.3/share/qemu'].flatMap((folder) => [
        [`${folder}/edk2-aarch64-code.fd`, bank],
        [`${folder}/edk2-arm-vars.fd`, bank],
        [`${folder}/edk2-x86_64-code.fd`, code4m],
        [`${folder}/edk2-i386-vars.fd`, vars4m],
      ]),
    ),
    descriptors: {
      '/opt/homebrew/share/qemu/firmware/50-edk2-x86_64-secure.json': descriptor({
        arch: 'x86_64',
        code: '/opt/homebrew/Cellar/qemu/10.0.3/share/qemu/edk2-x86_64-secure-code.fd',
        vars: '/opt/homebrew/Cellar/qemu/10.0.3/share/qemu/edk2-i386-vars.fd',
        features: secure,
      }),
      '/opt/homebrew/share/qemu/firmware/60-edk2-aarch64.json': descriptor({
        arch: 'aarch64',
        code: '/opt/homebrew/Cellar/qemu/10.0.3/share/qemu/edk2-aarch64-code.fd',
        vars: '/opt/homebrew/Cellar/qemu/10.0.3/share/qemu/edk2-arm-vars.fd',
        features: ['verbose-static'],
      }),
      '/opt/homebrew/share/qemu/firmware/60-edk2-x86_64.json': descriptor({
        arch: 'x86_64',
        code: '/opt/homebrew/Cellar/qemu/10.0.3/share/qemu/edk2-x86_64-code.fd',
        vars: '/opt/homebrew/Cellar/qemu/10.0.3/share/qemu/edk2-i386-vars.fd',
        features: ['acpi-s3', 'amd-sev', 'verbose-dynamic'],
      }),
    },
  },
} as const satisfies Record<string, Layout>;

/** Lays the files out below `root`; they take no room on the disk. */
export async function layOut(root: string, layout: Layout): Promise<void> {
  for (const [path, size] of Object.entries(layout.files)) await sparseFile(join(root, path), size);
  for (const [path, text] of Object.entries(layout.descriptors)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
}

async function sparseFile(path: string, size: number): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, 'w');
  try {
    if (!path.endsWith('.qcow2')) return await file.truncate(size);
    const header = Buffer.alloc(512);
    header.writeUInt32BE(0x514649fb, 0);
    header.writeUInt32BE(3, 4);
    header.writeBigUInt64BE(BigInt(size), 24);
    await file.write(header);
  } finally {
    await file.close();
  }
}
