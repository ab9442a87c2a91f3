import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import type { SeedBuilder, SeedFile } from '../../core/ports/seed-builder.ts';
import { storageError } from '../disks/storage-errors.ts';
import { completeFile } from '../store/complete-file.ts';
import { findIsoTool, type IsoTool } from './iso-tools.ts';

export interface SeedBuilderDependencies {
  readonly runner: Pick<ProcessRunner, 'run' | 'which'>;
  readonly platform: 'darwin' | 'linux';
}

export function createSeedBuilder({ runner, platform }: SeedBuilderDependencies): SeedBuilder {
  return {
    async build(files, outputPath, signal) {
      const tool = await findIsoTool(platform, runner);
      const context = { what: 'the cloud-init seed', directory: dirname(outputPath), neededBytes: neededBytes(files) };
      let scratch: string | undefined;
      try {
        // Beside the output, so that the rename stays in one file system; 0700, since the files hold a private key.
        scratch = await mkdtemp(join(dirname(outputPath), `.${basename(outputPath)}.`));
        const content = join(scratch, 'content');
        await writeContent(content, files);
        const made = await makeIso(tool, content, scratch, signal);
        await completeFile(outputPath, 0o600, (temporary) => rename(made, temporary));
      } catch (error) {
        throw await storageError(error, context);
      } finally {
        if (scratch !== undefined) await rm(scratch, { recursive: true, force: true });
      }
    },
  };

  async function makeIso(tool: IsoTool, content: string, scratch: string, signal?: AbortSignal): Promise<string> {
    const target = join(scratch, 'seed.iso');
    const { exitCode, stdout, stderr } = await runner.run(tool.name, tool.args(content, target), {
      acceptExitCodes: 'any',
      ...(signal === undefined ? {} : { signal }),
    });
    const words = stderr.trim() || stdout.trim();
    // hdiutil appends .iso or .cdr to a name that it finds wanting.
    const made = (await readdir(scratch)).find((name) => /^seed\.iso(\.iso|\.cdr)?$/.test(name));
    if (exitCode === 0 && made !== undefined) return join(scratch, made);
    const error = await storageError(undefined, { what: 'the cloud-init seed', directory: dirname(scratch) }, words);
    if (error !== undefined) throw error;
    return fail(
      'host.tool-failed',
      `${tool.name} could not make the cloud-init seed (exit code ${exitCode}): ${words}`,
      {
        details: { tool: tool.name, exitCode, stderr: words },
      },
    );
  }
}

async function writeContent(directory: string, files: readonly SeedFile[]): Promise<void> {
  await mkdir(directory, { mode: 0o700 });
  for (const { name, content } of files) {
    if (!/^[A-Za-z0-9][\w.-]{0,63}$/.test(name)) throw new Error(`not a name for a seed file: ${name}`);
    await writeFile(join(directory, name), content, { mode: 0o600 });
  }
}

/** Both copies, and the ISO's own tables. */
function neededBytes(files: readonly SeedFile[]): number {
  return 2 * files.reduce((sum, { content }) => sum + Buffer.byteLength(content), 0) + 512 * 1024;
}
