import type { GuestArch } from '../host-facts.ts';
import type { LocalImage, ObtainableImage, RemoteImage } from '../image/image-entry.ts';
import type { TrustLevel } from '../plan/vm-plan.ts';
import type { DiskFormat } from './disks.ts';

export interface CachedImage {
  readonly id: string;
  readonly arch: GuestArch;
  /** Of the disk. */
  readonly digest: string;
  /** Read-only; never written by us or by QEMU. */
  readonly path: string;
  readonly format: DiskFormat;
  readonly virtualSizeBytes: number;
  /** For a direct boot; images built here have both. */
  readonly kernelPath?: string;
  readonly initrdPath?: string;
  readonly kernelCommandLine?: string;
  /** Name → version of what was asked for in a local image. */
  readonly packages?: Readonly<Record<string, string>>;
  readonly url?: string;
  /** Release of the image as the lock file dates it. */
  readonly releasedOn?: string;
  /** RFC 3339, UTC. */
  readonly fetchedAt: string;
  /** What was really checked: never `signed` unless a signature was. */
  readonly level: TrustLevel;
}

export type ImageProgress =
  | { readonly stage: 'waiting'; readonly holderPid: number }
  | { readonly stage: 'downloading'; readonly bytesDone: number; readonly bytesTotal?: number }
  | { readonly stage: 'verifying' }
  | { readonly stage: 'building'; readonly step: string; readonly detail?: string; readonly fraction?: number };

export interface ImageWork {
  /** Download or build again, even when it is cached. */
  readonly force?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImageProgress) => void;
}

/** Content-addressed, shared by all workspaces of a user. Who uses an image is not known here. */
export interface ImageCache {
  /**
   * A file whose size, time or inode changed is read again; `verify` does so always.
   * @throws image.digest-mismatch after removing it
   */
  lookup(entry: ObtainableImage, options?: { readonly verify?: boolean }): Promise<CachedImage | undefined>;
  /** @throws image.download-failed, image.digest-mismatch, image.unsafe-base, host.no-space */
  fetch(entry: RemoteImage, work?: ImageWork): Promise<CachedImage>;
  /** Builds unless recipe and package versions are those of the cached one. @throws image.build-failed and others */
  build(entry: LocalImage, work?: ImageWork): Promise<CachedImage>;
  list(): Promise<readonly CachedImage[]>;
  /** False when there was none. */
  remove(digest: string): Promise<boolean>;
  /** Allocated on disk, unfinished downloads included. */
  sizeBytes(): Promise<number>;
}
