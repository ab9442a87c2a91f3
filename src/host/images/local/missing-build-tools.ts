import { type GuestArch, localRecipe } from './recipes.ts';
import { findTool } from './run-tool.ts';

const ALWAYS: readonly (readonly [tool: string, debianPackage: string])[] = [
  ['apt-get', 'apt'],
  ['dpkg-deb', 'dpkg'],
  ['flock', 'util-linux'],
  ['sfdisk', 'fdisk'],
  ['mke2fs', 'e2fsprogs'],
  ['debugfs', 'e2fsprogs'],
  ['mkfs.vfat', 'dosfstools'],
  ['mcopy', 'mtools'],
  ['mmd', 'mtools'],
  ['qemu-img', 'qemu-utils'],
];

const hostArch = (): GuestArch => (process.arch === 'arm64' ? 'aarch64' : 'x86_64');

/** Whether packages of another architecture are configured by their own programs; `tiny` is only put together. */
export const runsForeignPrograms = (id: string, arch: GuestArch): boolean => id !== 'tiny' && arch !== hostArch();

/** Each entry is `tool (debian-package)`; empty when the host has everything. */
export const missingTools = async (id: string, arch: GuestArch): Promise<string[]> => {
  const recipe = localRecipe(id, arch);
  const wanted = [...ALWAYS];
  if (recipe.id !== 'tiny') {
    wanted.push(['mmdebstrap', 'mmdebstrap']);
    if (process.getuid?.() !== 0) wanted.push(['newuidmap', 'uidmap']);
    if (runsForeignPrograms(id, arch)) {
      wanted.push(
        [arch === 'aarch64' ? 'qemu-aarch64-static' : 'qemu-x86_64-static', 'qemu-user-static'],
        ['arch-test', 'arch-test'],
      );
    }
  }
  const missing: string[] = [];
  for (const [tool, debianPackage] of wanted) {
    if ((await findTool(tool)) === undefined) missing.push(`${tool} (${debianPackage})`);
  }
  return missing;
};
