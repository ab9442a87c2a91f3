import { constants } from 'node:fs';
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { KeptEvidence } from '../../core/ports/image-cache.ts';
import { storageError } from '../disks/storage-errors.ts';
import type { ImageRecord } from './image-record.ts';

/**
 * An image on its way to a machine without network:
 *
 *   manifest.json   what it is said to be, written last     disk.qcow2 (or disk.raw)
 *   checksums, signature   the vendor's files, where they are kept
 *
 * Whoever imports it believes nothing of the manifest: the digest is that of their own lock file.
 */
export interface ExportManifest {
  readonly schemaVersion: 1;
  readonly kind: 'sysmonvm-image';
  readonly id: string;
  readonly arch: string;
  readonly name: string;
  readonly digest: string;
  readonly contentDigest?: string;
  readonly format: string;
  readonly disk: { readonly name: string; readonly sizeBytes: number; readonly digest: string };
  readonly evidence: readonly ('checksums' | 'signature')[];
}

/** The image was verified a moment ago, under the lock that the caller holds. */
export async function exportImage(
  { record, path, evidence }: { readonly record: ImageRecord; readonly path: string; readonly evidence?: KeptEvidence },
  directory: string,
): Promise<void> {
  const { id, arch, name, digest, contentDigest, format } = record;
  const { disk } = record.files;
  await mkdir(directory, { mode: 0o755 }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    fail('usage.invalid-argument', `${directory} exists already; an image is exported into a new directory.`, {
      details: { directory },
      next: [`ls -la ${directory}`],
    });
  });
  try {
    await copyFile(path, join(directory, disk.name), constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE);
    const files = (['checksums', 'signature'] as const).filter((each) => evidence?.[each] !== undefined);
    for (const each of files) await writeFile(join(directory, each), evidence?.[each] ?? '', { flag: 'wx' });
    const manifest: ExportManifest = {
      ...{ schemaVersion: 1, kind: 'sysmonvm-image', id, arch, name, digest, format },
      ...(contentDigest === undefined ? {} : { contentDigest }),
      disk: { name: disk.name, sizeBytes: disk.sizeBytes, digest: disk.digest },
      evidence: files,
    };
    await writeFile(join(directory, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`, { flag: 'wx' });
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw await storageError(error, { what: `the image ${id}`, directory, neededBytes: disk.sizeBytes });
  }
}
