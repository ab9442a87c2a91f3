import { join } from 'node:path';
import type { GuestArch } from '../../core/host-facts.ts';
import type { TrustLevel } from '../../core/plan/vm-plan.ts';
import type { DiskFormat } from '../../core/ports/disks.ts';
import type { CachedImage, ImageEvidence } from '../../core/ports/image-cache.ts';
import type { FileStamp } from './file-digest.ts';

/** image.json, written last: a directory without it is an unfinished image. */
export interface ImageRecord {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly arch: GuestArch;
  readonly name: string;
  readonly digest: string;
  /** Of the disk, when `digest` is that of a packed file. */
  readonly contentDigest?: string;
  readonly level: TrustLevel;
  readonly format: DiskFormat;
  readonly virtualSizeBytes: number;
  readonly fetchedAt: string;
  readonly releasedOn?: string;
  readonly url?: string;
  readonly kernelCommandLine?: string;
  readonly packages?: Readonly<Record<string, string>>;
  readonly files: { readonly disk: FileStamp; readonly kernel?: FileStamp; readonly initrd?: FileStamp };
}

export function cachedImage(
  record: ImageRecord,
  directory: string,
  note: Omit<ImageEvidence, 'level'> | undefined,
): CachedImage {
  const { files, schemaVersion: _, name: __, ...facts } = record;
  const level = note?.signer === undefined ? record.level : 'signed';
  return {
    ...facts,
    level,
    path: join(directory, files.disk.name),
    ...(files.kernel === undefined ? {} : { kernelPath: join(directory, files.kernel.name) }),
    ...(files.initrd === undefined ? {} : { initrdPath: join(directory, files.initrd.name) }),
    ...(note === undefined ? {} : { evidence: { level, ...note } }),
  };
}

const plainName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** undefined for anything but a record of this schema and this image: it is then fetched again. */
export function parseRecord(text: string | undefined, digest: string): ImageRecord | undefined {
  if (text === undefined) return undefined;
  try {
    const record = JSON.parse(text) as ImageRecord | null;
    if (record?.schemaVersion !== 1 || record.digest !== digest) return undefined;
    const { disk } = record.files;
    if (disk.digest !== (record.contentDigest ?? digest)) return undefined;
    return Object.values(record.files).every(({ name }) => plainName.test(name)) ? record : undefined;
  } catch {
    return undefined;
  }
}
