import type { GuestArch } from '../host-facts.ts';
import type { LocalImage, ObtainableImage, RemoteImage } from '../image/image-entry.ts';
import type { TrustLevel } from '../plan/vm-plan.ts';
import type { DiskFormat } from './disks.ts';
import type { SignedBy } from './signatures.ts';

/** What is known, without the network, about why the bytes are trusted. */
export interface ImageEvidence {
  /** Never `signed` without a signer whose signature was checked on this host. */
  readonly level: TrustLevel;
  readonly signer?: SignedBy;
  /** RFC 3339, UTC. */
  readonly verifiedAt?: string;
  readonly verifiedWith?: string;
}

/** The vendor's files that vouch for an image, as they were when somebody checked them. */
export interface KeptEvidence {
  readonly checksums?: Uint8Array;
  readonly signature?: Uint8Array;
  /** Absent after an import: then nobody checked the files on this host. */
  readonly signer?: SignedBy;
  readonly verifiedAt?: string;
  readonly verifiedWith?: string;
}

export interface CachedImage {
  readonly id: string;
  readonly arch: GuestArch;
  /** As the lock file names it: of the file that the vendor serves, packed or not. */
  readonly digest: string;
  /** Of the disk, when the vendor serves it packed. */
  readonly contentDigest?: string;
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
  /** What was really checked: never `signed` unless a signature was, by the key that the entry names. */
  readonly level: TrustLevel;
  readonly evidence?: ImageEvidence;
}

interface Amount {
  readonly bytesDone: number;
  readonly bytesTotal?: number;
}

export type ImageProgress =
  /** Another process is at work on it; how far it has come, when it downloads. */
  | ({ readonly stage: 'waiting'; readonly holderPid: number } & Partial<Amount>)
  | ({
      readonly stage: 'downloading';
      /** Unknown in the first moments. */
      readonly bytesPerSecond?: number;
      readonly secondsLeft?: number;
      /** Bytes of an earlier, interrupted download that are used. */
      readonly resumedFrom?: number;
    } & Amount)
  | {
      readonly stage: 'retrying';
      readonly url: string;
      /** One clause: why the last try failed. */
      readonly why: string;
      /** Of the try that comes next, from 2; of how many. With another mirror it begins at 1 again. */
      readonly attempt: number;
      readonly attempts: number;
      readonly waitSeconds: number;
    }
  | ({ readonly stage: 'unpacking' } & Amount)
  | { readonly stage: 'verifying' }
  | { readonly stage: 'building'; readonly step: string; readonly detail?: string; readonly fraction?: number };

export interface ImageWork {
  /** Download or build again, even when it is cached. */
  readonly force?: boolean;
  /** No socket is opened: what is not cached is image.offline. */
  readonly offline?: boolean;
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: ImageProgress) => void;
  /**
   * A last check of a downloaded (or added) file, packed as the vendor serves it and with the right digest: what it
   * throws is thrown, and nothing is kept. Not called for an image that is cached already.
   */
  readonly beforeKeeping?: (file: { readonly path: string; readonly digest: string }) => Promise<void>;
}

/** A file of the user's, looked at without giving it to QEMU. */
export interface DescribedFile {
  /** sha256. */
  readonly digest: string;
  readonly sizeBytes: number;
  readonly compression: 'none' | 'gz' | 'xz' | 'zst';
  /** Unknown for packed files. */
  readonly format?: DiskFormat;
  readonly virtualSizeBytes?: number;
}

/** Content-addressed, shared by all workspaces of a user. Who uses an image is not known here. */
export interface ImageCache {
  /**
   * A file whose size, time or inode changed is read again; `verify` does so always.
   * @throws image.digest-mismatch, image.unsafe-base (a link was put in its place), both after removing it
   */
  lookup(
    entry: ObtainableImage,
    options?: { readonly verify?: boolean; readonly signal?: AbortSignal },
  ): Promise<CachedImage | undefined>;
  /**
   * Goes on with an interrupted download; asks the mirrors in turn.
   * @throws image.offline, image.download-failed, image.not-found, image.redirect-refused, image.encoding-refused,
   * image.size-mismatch, image.digest-mismatch, image.unsafe-base, host.no-space
   */
  fetch(entry: RemoteImage, work?: ImageWork): Promise<CachedImage>;
  /** Builds unless recipe and package versions are those of the cached one. @throws image.build-failed and others */
  build(entry: LocalImage, work?: ImageWork): Promise<CachedImage>;
  /** @throws image.unsafe-base */
  describeFile(path: string, signal?: AbortSignal): Promise<DescribedFile>;
  /** Copies a file of the user's that has the digest of the entry. @throws as `fetch` */
  addFile(entry: RemoteImage, path: string, work?: ImageWork): Promise<CachedImage>;
  /** Keeps what vouches for an image beside it. With a signer the image counts as signed by it. */
  keepEvidence(
    digest: string,
    evidence: KeptEvidence & { readonly verifiedAt: string; readonly verifiedWith: string },
  ): Promise<void>;
  readEvidence(digest: string): Promise<KeptEvidence | undefined>;
  /** The image with its evidence, as a new directory for a machine without network. @throws image.not-cached */
  exportImage(digest: string, directory: string, signal?: AbortSignal): Promise<void>;
  /**
   * Only bytes that have the digest of the entry are taken. The evidence comes along without its signer: who wants it
   * checks the signature and calls `keepEvidence`.
   * @throws image.digest-mismatch, image.size-mismatch, image.unsafe-base
   */
  importImage(directory: string, entry: RemoteImage, work?: ImageWork): Promise<CachedImage>;
  list(): Promise<readonly CachedImage[]>;
  /** Evidence and unfinished downloads of it included. False when there was no image. */
  remove(digest: string): Promise<boolean>;
  /** Unfinished downloads that nobody works on. Returns the bytes that were, or would be, freed. */
  removePartial(options: { readonly olderThanMs: number; readonly dryRun?: boolean }): Promise<number>;
  /** Allocated on disk, unfinished downloads included. */
  sizeBytes(): Promise<number>;
}
