import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fail } from '../../../core/errors/sysmonvm-error.ts';
import { openAptRoot, resolvePackages } from './apt-root.ts';
import type { BuiltDisk } from './build-context.ts';
import { buildDebianDisk } from './build-debian.ts';
import { buildTinyDisk } from './build-tiny.ts';
import { convertToQcow2 } from './disk-image.ts';
import { requireForeignPrograms } from './foreign-programs.ts';
import { missingTools as missingBuildTools, runsForeignPrograms } from './missing-build-tools.ts';
import { recipeKey } from './recipe-key.ts';
import { type GuestArch, type LocalRecipe, localRecipe } from './recipes.ts';
import { failCancelled, findTool, runTool } from './run-tool.ts';
import { makeScratch, removeTree } from './scratch.ts';

export { missingBuildTools };

interface LocalImageProgress {
  readonly step: string;
  readonly detail?: string;
  readonly fraction?: number;
}

export interface LocalImageRequest {
  readonly id: string;
  readonly arch: GuestArch;
  /** An existing private directory for what is temporary. */
  readonly workDir: string;
  /** Appears complete, by a rename, or not at all. */
  readonly outDir: string;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: LocalImageProgress) => void;
}

export interface LocalImageResult {
  readonly diskPath: string;
  readonly kernelPath: string;
  readonly initrdPath: string;
  readonly kernelCommandLine: string;
  /** `sha256:<hex>` of the disk. */
  readonly digest: string;
  readonly virtualSizeBytes: number;
  readonly packages: Record<string, string>;
  readonly recipeDigest: string;
  readonly defaultUser: string;
}

/** Changes when the recipe, its template files or the version of a candidate package changes; about a second. */
export const localImageKey = async (request: Pick<LocalImageRequest, 'id' | 'arch' | 'signal'>): Promise<string> => {
  const recipe = localRecipe(request.id, request.arch);
  await requireTools(recipe, ['apt-get', 'flock']);
  const apt = await openAptRoot(recipe, request.signal);
  return recipeKey(recipe, await resolvePackages(apt, recipe.packages, request.signal));
};

export const buildLocalImage = async (request: LocalImageRequest): Promise<LocalImageResult> => {
  const recipe = localRecipe(request.id, request.arch);
  const { signal } = request;
  if (signal.aborted) failCancelled(signal);
  await requireTools(recipe);
  if (runsForeignPrograms(recipe.id, recipe.arch)) await requireForeignPrograms(recipe.arch, thisHost(signal));
  const scratch = await makeScratch(request.workDir, recipe.id !== 'tiny' && process.getuid?.() !== 0);
  const progress = (step: string, fraction: number, detail?: string) =>
    request.onProgress({ step, fraction, ...(detail === undefined ? {} : { detail }) });
  try {
    progress('resolving packages', 0);
    const apt = await openAptRoot(recipe, signal);
    const versions = await resolvePackages(apt, recipe.packages, signal);
    const build = recipe.id === 'tiny' ? buildTinyDisk : buildDebianDisk;
    const disk = await build({ recipe, apt, versions, scratch, signal, progress });
    progress('writing the disk image', 0.9);
    const finished = join(scratch, 'finished');
    await mkdir(finished, { mode: 0o755 });
    await convertToQcow2({ path: disk.rawPath, sizeMib: recipe.virtualSizeMib }, join(finished, 'disk.qcow2'), signal);
    await writeFile(join(finished, 'vmlinuz'), disk.kernel);
    await writeFile(join(finished, 'initrd'), disk.initrd);
    const result = await describe(recipe, versions, disk, finished, request.outDir);
    if (signal.aborted) failCancelled(signal);
    await publish(finished, request.outDir);
    progress('done', 1);
    return result;
  } finally {
    await removeTree(scratch);
  }
};

const describe = async (
  recipe: LocalRecipe,
  versions: ReadonlyMap<string, string>,
  disk: BuiltDisk,
  finished: string,
  outDir: string,
): Promise<LocalImageResult> => ({
  diskPath: join(outDir, 'disk.qcow2'),
  kernelPath: join(outDir, 'vmlinuz'),
  initrdPath: join(outDir, 'initrd'),
  kernelCommandLine: recipe.kernelCommandLine,
  digest: `sha256:${await sha256Of(join(finished, 'disk.qcow2'))}`,
  virtualSizeBytes: recipe.virtualSizeMib * 1024 * 1024,
  packages: Object.fromEntries(disk.packages),
  recipeDigest: await recipeKey(recipe, versions),
  defaultUser: recipe.defaultUser,
});

const sha256Of = async (path: string): Promise<string> => {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
};

/** The scratch directory may be on another file system than the result, where a rename is not possible. */
const publish = async (finished: string, outDir: string): Promise<void> => {
  for (const name of await readdir(finished)) await chmod(join(finished, name), 0o444);
  await mkdir(dirname(outDir), { recursive: true });
  try {
    await rename(finished, outDir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EXDEV') throw error;
    const beside = await mkdtemp(`${outDir}.`);
    try {
      for (const name of await readdir(finished)) await copyFile(join(finished, name), join(beside, name));
      await rename(beside, outDir);
    } catch (failure) {
      await rm(beside, { recursive: true, force: true });
      throw failure;
    }
  }
};

const thisHost = (signal: AbortSignal) => ({
  binfmtDirectory: '/proc/sys/fs/binfmt_misc',
  // Ends with a status of its own for "no"; the words are for people.
  canRun: (debianArch: string) =>
    runTool('arch-test', [debianArch], { signal }).then(
      () => true,
      () => signal.aborted && failCancelled(signal),
    ),
  hasTool: async (tool: string) => (await findTool(tool)) !== undefined,
});

const requireTools = async (recipe: LocalRecipe, only?: readonly string[]): Promise<void> => {
  const missing = (await missingBuildTools(recipe.id, recipe.arch)).filter(
    (entry) => only === undefined || only.includes(entry.split(' ')[0] ?? ''),
  );
  if (missing.length === 0) return;
  const packages = [...new Set(missing.map((entry) => /\((.*)\)/.exec(entry)?.[1] ?? entry))].sort();
  fail('image.build-tools-missing', `building ${recipe.id} needs ${missing.join(', ')}`, {
    details: { missing },
    next: [`sudo apt-get install ${packages.join(' ')}`],
  });
};
