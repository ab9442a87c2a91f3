import { chmod, copyFile, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { resolvePackages, unpackPackages } from './apt-root.ts';
import { bootNames, EFI_STUB_PACKAGE, efiProgram, kernelIn } from './boot-parts.ts';
import type { BuildContext, BuiltDisk } from './build-context.ts';
import { createRawDisk, rootFileSystemArgs, writeEsp } from './disk-image.ts';
import { buildInitrd } from './initrd.ts';
import { runMmdebstrap } from './mmdebstrap.ts';
import { templateFiles, templatesDir, writeTemplateFiles } from './template-files.ts';
import { busyboxPath } from './tiny-root.ts';

/**
 * Debian, installed by mmdebstrap; the root file system is written by a hook inside its namespace, where owners
 * are right for root and for an ordinary user alike, so that no tar archive is made in between.
 */
export const buildDebianDisk = async (context: BuildContext): Promise<BuiltDisk> => {
  const { recipe, apt, scratch, signal, progress } = context;
  const stub = await resolvePackages(apt, [EFI_STUB_PACKAGE, 'busybox-static'], signal);
  const unpacked = join(scratch, 'unpacked');
  const kernelPackages = [...context.versions].filter(([name]) => /^linux-image-\d/.test(name));
  const wanted = [...stub].filter(([name]) => name === EFI_STUB_PACKAGE || name === 'busybox-static');
  await unpackPackages(apt, new Map([...wanted, ...(recipe.trimmed ? kernelPackages : [])]), unpacked, signal);

  // The namespace's users reach these by their path: everyone may pass, only the owner may list.
  const keep = join(scratch, 'keep');
  const files = join(scratch, 'files');
  await mkdir(keep);
  await chmod(keep, 0o777);
  await layOutFiles(recipe.trimmed ? ['debian', 'debian-trimmed'] : ['debian'], files);
  const finish = join(scratch, 'finish');
  await copyFile(join(templatesDir(), 'debian', 'finish'), finish);
  await chmod(finish, 0o755);
  const disk = await createRawDisk(join(scratch, 'disk.raw'), recipe.virtualSizeMib, signal);
  await chmod(disk.path, 0o666);
  const hook = (root: string) => [finish, root, files, keep, ...rootFileSystemArgs(disk.path, disk.sizeMib, root)];
  await runMmdebstrap(context, join(scratch, 'tmp'), hook);
  await chmod(disk.path, 0o600);

  progress('writing the boot partition', 0.85);
  const kernel = await readFile(join(keep, 'vmlinuz'));
  const initrd = recipe.trimmed
    ? await buildInitrd(await busyboxPath(unpacked), (await kernelIn(unpacked)).modulesDir)
    : await readFile(join(keep, 'initrd'));
  await writeEsp(
    disk,
    bootNames(recipe.arch).bootFileName,
    await efiProgram(recipe, unpacked, kernel, initrd),
    scratch,
    signal,
  );
  return { rawPath: disk.path, kernel, initrd, packages: await installed(join(keep, 'packages')) };
};

const layOutFiles = async (folders: readonly string[], into: string): Promise<void> => {
  await mkdir(into, { mode: 0o755 });
  for (const folder of folders) {
    const files = (await templateFiles(folder)).filter((file) => file.path.startsWith('files/'));
    await writeTemplateFiles(
      files.map((file) => ({ ...file, path: file.path.slice('files/'.length) })),
      into,
    );
  }
};

const installed = async (path: string): Promise<Map<string, string>> => {
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.includes('\t'));
  return new Map(lines.map((line) => [line.slice(0, line.indexOf('\t')), line.slice(line.indexOf('\t') + 1)] as const));
};
