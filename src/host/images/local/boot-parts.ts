import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestArch, LocalRecipe } from './recipes.ts';
import { unifiedKernelImage } from './unified-kernel-image.ts';

const BOOT: Readonly<
  Record<GuestArch, { readonly stub: string; readonly bootFileName: string; readonly triplet: string }>
> = {
  x86_64: { stub: 'linuxx64.efi.stub', bootFileName: 'BOOTX64.EFI', triplet: 'x86_64-linux-gnu' },
  aarch64: { stub: 'linuxaa64.efi.stub', bootFileName: 'BOOTAA64.EFI', triplet: 'aarch64-linux-gnu' },
};

export const bootNames = (arch: GuestArch): (typeof BOOT)[GuestArch] => BOOT[arch];

/** Package that carries the EFI stub of every Debian and Ubuntu release since 2023. */
export const EFI_STUB_PACKAGE = 'systemd-boot-efi';

export const kernelIn = async (tree: string): Promise<{ kernel: Buffer; modulesDir: string }> => {
  const name = (await readdir(join(tree, 'boot')))
    .filter((file) => file.startsWith('vmlinuz-'))
    .sort()
    .at(-1);
  if (name === undefined) throw new Error('the kernel package brought no boot/vmlinuz-*');
  const version = name.slice('vmlinuz-'.length);
  const modules = (await readdir(join(tree, 'usr/lib/modules')).catch(() => [] as string[])).includes(version)
    ? 'usr/lib/modules'
    : 'lib/modules';
  return { kernel: await readFile(join(tree, 'boot', name)), modulesDir: join(tree, modules, version) };
};

export const efiProgram = async (
  recipe: LocalRecipe,
  stubTree: string,
  kernel: Buffer,
  initrd: Buffer,
): Promise<Buffer> =>
  unifiedKernelImage({
    stub: await readFile(join(stubTree, 'usr/lib/systemd/boot/efi', BOOT[recipe.arch].stub)),
    kernel,
    initrd,
    commandLine: recipe.kernelCommandLine,
    osRelease: `ID=${recipe.id}\nNAME=${recipe.id}\nPRETTY_NAME="sysmonvm ${recipe.id}"\n`,
  });
