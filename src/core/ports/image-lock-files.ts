import type { ImageLock } from '../image/lock-schema.ts';
import type { MergedLock } from '../image/merge-locks.ts';

/** The lock file of the package, the one of the workspace, and the key files beside them. */
export interface ImageLockFiles {
  readonly shippedPath: string;
  readonly workspacePath: string;
  /** @throws image.lock-invalid, image.key-fingerprint */
  merged(): Promise<MergedLock>;
  /** The lock file at a path; an empty one when there is none. */
  read(path: string): Promise<ImageLock>;
  /**
   * Reads, changes and writes one lock file while no other process of ours does; atomic. What `change` throws leaves
   * the file as it was. @throws image.lock-invalid when the result would not be accepted the next time
   */
  change(path: string, change: (lock: ImageLock) => ImageLock): Promise<void>;
  /** Bytes of a key file. @throws image.key-fingerprint when the file is not the one of the lock file */
  readKey(id: string, merged: MergedLock): Promise<Uint8Array>;
  /** A certificate that came in place of a shipped one; it is believed no more than the pinned fingerprint says. */
  readRefreshedKey(id: string): Promise<Uint8Array | undefined>;
  keepRefreshedKey(id: string, certificate: Uint8Array): Promise<void>;
  /** Copies a key into the workspace. */
  addKeyFile(id: string, certificate: Uint8Array): Promise<{ readonly file: string; readonly fileSha256: string }>;
  removeKeyFile(file: string): Promise<void>;
  /** A small file that the user names. @throws image.key-unreadable */
  readUserFile(path: string, limitBytes: number): Promise<Uint8Array>;
  sha256(bytes: Uint8Array): string;
}
