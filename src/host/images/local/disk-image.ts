import { open, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runTool } from './run-tool.ts';

/**
 * The disk of a local image, one sparse raw file, written without mounting anything:
 *
 *   1 MiB     GPT (sfdisk)
 *   1-128 MiB ESP, FAT, EFI/BOOT/BOOTX64.EFI or BOOTAA64.EFI (mkfs.vfat, mcopy at an offset)
 *   128 MiB-  root, ext4 from a directory (mke2fs -d at an offset); last, so that a larger disk can grow it
 */
const MIB = 1024 * 1024;
const ROOT_AT_MIB = 128;
const TAIL_MIB = 1;

export interface RawDisk {
  readonly path: string;
  readonly sizeMib: number;
}

export const createRawDisk = async (path: string, sizeMib: number, signal: AbortSignal): Promise<RawDisk> => {
  await (await open(path, 'wx', 0o600)).close();
  await truncate(path, sizeMib * MIB);
  const table = [
    'label: gpt',
    `start=${MIB / 512}, size=${((ROOT_AT_MIB - 1) * MIB) / 512}, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name=ESP`,
    `start=${(ROOT_AT_MIB * MIB) / 512}, size=${((sizeMib - ROOT_AT_MIB - TAIL_MIB) * MIB) / 512}, type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name=root`,
    '',
  ].join('\n');
  await runTool('sfdisk', ['--quiet', path], { signal, input: table });
  return { path, sizeMib };
};

/** Arguments of mke2fs; apart from running it, because for Debian it runs inside mmdebstrap's namespace. */
export const rootFileSystemArgs = (path: string, sizeMib: number, directory: string): string[] => [
  '-q',
  '-F',
  '-t',
  'ext4',
  '-L',
  'root',
  '-m',
  '1',
  '-i',
  '32768',
  // Inode tables are holes in a sparse file already; left "lazy", the guest would write them into its overlay.
  '-E',
  `offset=${ROOT_AT_MIB * MIB},root_owner=0:0,lazy_itable_init=0,lazy_journal_init=0,nodiscard`,
  '-d',
  directory,
  path,
  `${(sizeMib - ROOT_AT_MIB - TAIL_MIB) * 1024}k`,
];

/** An ordinary user's files arrive in the image as theirs: every owner becomes root. */
export const giveToRoot = async (disk: RawDisk, paths: readonly string[], signal: AbortSignal): Promise<void> => {
  const commands = paths.flatMap((path) => [`set_inode_field "/${path}" uid 0`, `set_inode_field "/${path}" gid 0`]);
  await runTool('debugfs', ['-w', '-f', '-', `${disk.path}?offset=${ROOT_AT_MIB * MIB}`], {
    signal,
    input: `${commands.join('\n')}\n`,
  });
};

export const writeEsp = async (
  disk: RawDisk,
  bootFileName: string,
  program: Buffer,
  workDir: string,
  signal: AbortSignal,
): Promise<void> => {
  const programPath = join(workDir, bootFileName);
  await writeFile(programPath, program);
  const sectors = String(MIB / 512);
  await runTool(
    'mkfs.vfat',
    ['-F', '16', '-s', '8', '-n', 'ESP', '--offset', sectors, disk.path, String((ROOT_AT_MIB - 1) * 1024)],
    { signal },
  );
  const at = `${disk.path}@@${MIB}`;
  await runTool('mmd', ['-i', at, '::EFI', '::EFI/BOOT'], { signal });
  await runTool('mcopy', ['-i', at, programPath, `::EFI/BOOT/${bootFileName}`], { signal });
  await rm(programPath);
};

export const convertToQcow2 = async (disk: RawDisk, target: string, signal: AbortSignal): Promise<void> => {
  await runTool('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', '-W', '-m', '4', disk.path, target], { signal });
};
