import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { resolvePackages, unpackPackages } from './apt-root.ts';
import { bootNames, EFI_STUB_PACKAGE, efiProgram, kernelIn } from './boot-parts.ts';
import type { BuildContext, BuiltDisk } from './build-context.ts';
import { createRawDisk, giveToRoot, rootFileSystemArgs, writeEsp } from './disk-image.ts';
import { buildInitrd } from './initrd.ts';
import { runTool } from './run-tool.ts';
import { busyboxPath, layOutTinyRoot, takenByTiny } from './tiny-root.ts';

/** tiny needs no maintainer script, so no chroot, no namespace, no root and no emulation: it only unpacks. */
export const buildTinyDisk = async ({
  recipe,
  apt,
  versions,
  scratch,
  signal,
  progress,
}: BuildContext): Promise<BuiltDisk> => {
  const stub = await resolvePackages(apt, [EFI_STUB_PACKAGE], signal);
  const packages = takenByTiny(new Map([...versions, ...stub]));
  const unpacked = join(scratch, 'unpacked');
  progress('downloading and unpacking packages', 0.1, `${packages.size} packages`);
  await unpackPackages(apt, packages, unpacked, signal);
  const { kernel, modulesDir } = await kernelIn(unpacked);
  progress('laying out the root file system', 0.5);
  const root = join(scratch, 'root');
  await mkdir(root, { mode: 0o755 });
  await layOutTinyRoot(unpacked, modulesDir, bootNames(recipe.arch).triplet, root);
  const initrd = await buildInitrd(await busyboxPath(unpacked), modulesDir);
  progress('assembling the disk', 0.7);
  const disk = await createRawDisk(join(scratch, 'disk.raw'), recipe.virtualSizeMib, signal);
  await runTool('mke2fs', rootFileSystemArgs(disk.path, disk.sizeMib, root), { signal });
  if (process.getuid?.() !== 0) await giveToRoot(disk, await readdir(root, { recursive: true }), signal);
  await writeEsp(
    disk,
    bootNames(recipe.arch).bootFileName,
    await efiProgram(recipe, unpacked, kernel, initrd),
    scratch,
    signal,
  );
  return { rawPath: disk.path, kernel, initrd, packages };
};
