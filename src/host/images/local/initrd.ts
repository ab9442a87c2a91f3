import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { busyboxApplets } from './busybox-applets.ts';
import {
  type CpioEntry,
  characterDevice,
  cpioArchive,
  directory,
  executable,
  plainFile,
  symlink,
} from './cpio-archive.ts';
import { moduleClosure } from './kernel-modules.ts';
import { templatesDir } from './template-files.ts';

/** What stands between the kernel and its root disk; ext4 is built into the cloud kernels. */
const DISK_MODULES = ['virtio_pci', 'virtio_mmio', 'virtio_blk', 'virtio_scsi', 'sd_mod', 'ext4', 'crc32c_generic'];

/**
 * An uncompressed initramfs of about 2 MB: busybox, the modules of a virtio disk and one script. Under emulation
 * unpacking a compressed one costs more than reading the bytes.
 */
export const buildInitrd = async (busyboxPath: string, modulesDir: string): Promise<Buffer> => {
  const busybox = await readFile(busyboxPath);
  const modules = await moduleClosure(modulesDir, DISK_MODULES);
  const entries: CpioEntry[] = [
    ...['bin', 'dev', 'lib', 'proc', 'run', 'sys', 'sysroot'].map(directory),
    characterDevice('dev/console', 5, 1),
    executable('bin/busybox', busybox),
    ...busyboxApplets(busybox).map((applet) => symlink(`bin/${applet}`, 'busybox')),
    ...modules.map((module) => plainFile(`lib/${module.name}.ko`, module.content)),
    plainFile('modules.order', Buffer.from(modules.map((module) => `/lib/${module.name}.ko\n`).join(''))),
    executable('init', await readFile(join(templatesDir(), 'initrd', 'init'))),
  ];
  return cpioArchive(entries);
};
