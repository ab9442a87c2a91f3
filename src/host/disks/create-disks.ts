import { dirname, resolve } from 'node:path';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { DiskFormat, DiskInfo, Disks } from '../../core/ports/disks.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import { completeFile } from '../store/complete-file.ts';
import { createDiskSnapshots } from './disk-snapshots.ts';
import { freeBytes } from './free-bytes.ts';
import { assertSafeBase } from './image-header.ts';
import { type StorageContext, storageError } from './storage-errors.ts';

const gib = 1024 ** 3;
/** An empty overlay or variable store with its qcow2 tables. */
const emptyImageBytes = 1024 ** 2;

export function createDisks({ runner }: { readonly runner: Pick<ProcessRunner, 'run'> }): Disks {
  const qemuImg = async (args: readonly string[], context: StorageContext): Promise<string> => {
    const { exitCode, stdout, stderr } = await runner.run('qemu-img', args, { acceptExitCodes: 'any' });
    if (exitCode === 0) return stdout;
    const words = stderr.trim() || stdout.trim();
    const error = await storageError(undefined, context, words);
    if (error !== undefined) throw error;
    return fail('host.tool-failed', `qemu-img ${args[0]} could not write ${context.what}: ${words}`, {
      details: { tool: 'qemu-img', args, exitCode, stderr: words },
    });
  };

  const inspect = async (path: string): Promise<DiskInfo> => {
    const context = { what: path, directory: dirname(path) };
    const info = JSON.parse(await qemuImg(['info', '--force-share', '--output=json', path], context)) as QemuImgInfo;
    const backingFile = info['full-backing-filename'] ?? info['backing-filename'];
    const dataFile = info['format-specific']?.data?.['data-file'];
    return {
      format: info.format,
      virtualSizeBytes: info['virtual-size'],
      actualSizeBytes: info['actual-size'],
      ...(backingFile === undefined ? {} : { backingFile }),
      ...(dataFile === undefined ? {} : { dataFile }),
      encrypted: info.encrypted === true || info['format-specific']?.data?.encrypt !== undefined,
    };
  };

  return {
    snapshots: createDiskSnapshots(qemuImg),
    inspect,
    assertSafeBase,
    freeBytes,
    async createOverlay(basePath, baseFormat, overlayPath, sizeGib) {
      const base = resolve(basePath);
      const { virtualSizeBytes } = await assertSafeBase(base, baseFormat);
      if (sizeGib * gib < virtualSizeBytes) refuseSize(base, sizeGib, virtualSizeBytes, 'the image');
      const context = { what: 'the disk overlay', directory: dirname(overlayPath), neededBytes: emptyImageBytes };
      await written(overlayPath, context, (path) => [
        'create',
        '-q',
        '-f',
        'qcow2',
        '-b',
        base,
        '-F',
        baseFormat,
        path,
        String(Math.round(sizeGib * gib)),
      ]);
    },
    async createBlankOverlay(basePath, overlayPath, virtualSizeBytes) {
      const context = { what: 'the empty overlay', directory: dirname(overlayPath), neededBytes: emptyImageBytes };
      const unchecked = ['create', '-q', '-u', '-f', 'qcow2', '-b', resolve(basePath), '-F', 'qcow2'];
      await written(overlayPath, context, (path) => [...unchecked, path, String(virtualSizeBytes)]);
    },
    async grow(path, sizeGib) {
      const { format, virtualSizeBytes } = await inspect(path);
      if (sizeGib * gib < virtualSizeBytes) refuseSize(path, sizeGib, virtualSizeBytes, 'the disk');
      if (sizeGib * gib === virtualSizeBytes) return;
      const context = { what: `the grown disk ${path}`, directory: dirname(path), neededBytes: emptyImageBytes };
      await qemuImg(['resize', '-q', '-f', format, path, String(Math.round(sizeGib * gib))], context);
    },
    async createVars(templatePath: string, templateFormat: DiskFormat, outputPath: string) {
      const context = { what: 'the UEFI variables', directory: dirname(outputPath), neededBytes: emptyImageBytes };
      await written(outputPath, context, (path) => [
        'convert',
        '-q',
        '-f',
        templateFormat,
        '-O',
        'qcow2',
        templatePath,
        path,
      ]);
    },
  };

  async function written(
    path: string,
    context: StorageContext,
    args: (temporaryPath: string) => string[],
  ): Promise<void> {
    await completeFile(path, 0o600, async (temporary) => {
      await qemuImg(args(temporary), context);
    }).catch(async (error: unknown) => {
      throw await storageError(error, context);
    });
  }
}

interface QemuImgInfo {
  readonly format: string;
  readonly 'virtual-size': number;
  readonly 'actual-size': number;
  readonly 'backing-filename'?: string;
  readonly 'full-backing-filename'?: string;
  readonly encrypted?: boolean;
  readonly 'format-specific'?: { readonly data?: { readonly 'data-file'?: string; readonly encrypt?: unknown } };
}

function refuseSize(path: string, sizeGib: number, virtualSizeBytes: number, what: string): never {
  const least = Math.ceil(virtualSizeBytes / gib);
  fail(
    'usage.invalid-argument',
    `A disk of ${sizeGib} GiB is smaller than ${what} (${path}: ${(virtualSizeBytes / gib).toFixed(2)} GiB); a disk only grows.`,
    {
      details: { path, requestedGib: sizeGib, virtualSizeBytes },
      next: [`--disk ${least}G`],
    },
  );
}
