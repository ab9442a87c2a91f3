import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { CachedImage, ImageWork } from '../../core/ports/image-cache.ts';
import { isMissing } from '../store/file-errors.ts';
import { type AddDependencies, addFile } from './add-file.ts';
import type { ExportManifest } from './export-image.ts';
import type { KnownImage } from './keep-image.ts';

const largestTextBytes = 256 * 1024;
const diskNames: readonly unknown[] = ['disk.qcow2', 'disk.raw'];

/** The caller holds the lock of the digest. */
export async function importImage(
  directory: string,
  entry: KnownImage,
  work: ImageWork,
  deps: AddDependencies,
): Promise<CachedImage> {
  const manifest = await readManifest(directory);
  if (manifest.digest !== entry.digest)
    fail(
      'image.digest-mismatch',
      `${directory} holds ${JSON.stringify(manifest.digest)}, which is not the image ${entry.id} (${entry.arch}) of the lock file (${entry.digest}).`,
      { details: { id: entry.id, directory, expected: entry.digest }, next: [`sysmonvm image show ${entry.id}`] },
    );
  const name = manifest.disk?.name;
  if (!diskNames.includes(name)) unsound(directory, 'its manifest names no disk');
  const image = await addFile(
    entry,
    {
      path: join(directory, String(name)),
      digest: expectedDigest(entry, directory),
      unpacked: entry.compression !== 'none',
      followLinks: false,
      ...(entry.size === null || entry.compression !== 'none' ? {} : { sizeBytes: entry.size }),
    },
    work,
    deps,
  );
  const [checksums, signature] = [await textOf(directory, 'checksums'), await textOf(directory, 'signature')];
  const known = await deps.store.readEvidence(entry.digest);
  if ((checksums !== undefined || signature !== undefined) && known?.signer === undefined)
    await deps.store.keepEvidence(entry.digest, {
      ...(checksums === undefined ? {} : { checksums }),
      ...(signature === undefined ? {} : { signature }),
    });
  return image;
}

/** Of the disk. The lock file is the only one who is believed. */
function expectedDigest({ id, compression, digest, contentDigest }: KnownImage, directory: string): string {
  if (compression === 'none') return digest;
  return (
    contentDigest ??
    fail(
      'image.digest-mismatch',
      `${directory} holds the unpacked image ${id}, and the lock file knows the digest of the packed one only, so that it cannot be checked.`,
      { details: { id, directory, expected: digest }, next: [`sysmonvm image update ${id}   # with network`] },
    )
  );
}

async function readManifest(directory: string): Promise<Partial<ExportManifest>> {
  const text = await textOf(directory, 'manifest.json');
  if (text === undefined) return unsound(directory, 'it has no manifest.json');
  try {
    const value = JSON.parse(text.toString('utf8')) as Partial<ExportManifest> | null;
    if (value?.schemaVersion === 1 && value.kind === 'sysmonvm-image') return value;
  } catch {
    // Told below.
  }
  return unsound(directory, 'its manifest is not one of this version');
}

/** Small, a plain file and no link. */
async function textOf(directory: string, name: string): Promise<Buffer | undefined> {
  const path = join(directory, name);
  try {
    const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      const info = await file.stat();
      if (!info.isFile() || info.size > largestTextBytes) unsound(directory, `${name} is not a small file`);
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isMissing(error)) return undefined;
    if ((error as NodeJS.ErrnoException).code === 'ELOOP') unsound(directory, `${name} is a symbolic link`);
    throw error;
  }
}

function unsound(directory: string, why: string): never {
  fail('image.unsafe-base', `${directory} is no exported image: ${why}.`, {
    details: { directory, why },
    next: [`ls -la ${directory}`, 'sysmonvm image export ID DIR   # on the machine with network'],
  });
}
