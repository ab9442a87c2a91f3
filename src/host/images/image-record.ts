import { join } from 'node:path';
import type { GuestArch } from '../../core/host-facts.ts';
import type { TrustLevel } from '../../core/plan/vm-plan.ts';
import type { DiskFormat } from '../../core/ports/disks.ts';
import type { CachedImage } from '../../core/ports/image-cache.ts';
import type { FileStamp } from './file-digest.ts';

/** image.json, written last: a directory without it is an unfinished image. */
export interface ImageRecord {
  readonly schemaVersion: 1;
  readonly id: string;
  readonly arch: GuestArch;
  readonly name: string;
  readonly digest: string;
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

export function cachedImage(record: ImageRecord, directory: string): CachedImage {
  const { files, schemaVersion: _, name: __, ...facts } = record;
  return {
    ...facts,
    path: join(directory, files.disk.name),
    ...(files.kernel === undefined ? {} : { kernelPath: join(directory, files.kernel.name) }),
    ...(files.initrd === undefined ? {} : { initrdPath: join(directory, files.initrd.name) }),
  };
}

/** undefined for anything but a record of this schema: the image is then fetched again. */
export function parseRecord(text: string | undefined): ImageRecord | undefined {
  if (text === undefined) return undefined;
  try {
    const value = JSON.parse(text) as Partial<ImageRecord> | null;
    return value?.schemaVersion === 1 && value.files?.disk !== undefined ? (value as ImageRecord) : undefined;
  } catch {
    return undefined;
  }
}
