import type { HashName, SigningKey } from '../image/image-entry.ts';

/** A key that may sign, with its certificate file as it lies on this host. */
export interface TrustedKey {
  /** Name of the key in the lock file. */
  readonly id: string;
  readonly key: SigningKey;
  /** A user's key vouches for the user's own entries only. */
  readonly origin: 'shipped' | 'user';
  /** openSUSE signs with version 3 packets; nobody else is allowed to. */
  readonly packetVersions: readonly (3 | 4)[];
  /** Bytes of `key.file`. */
  readonly certificate: Uint8Array;
}

export interface SignedBy {
  readonly keyId: string;
  readonly origin: 'shipped' | 'user';
  /** Of the primary key, 40 hex digits. */
  readonly fingerprint: string;
  /** Of the key or subkey that made the signature. */
  readonly signingFingerprint: string;
  readonly userId: string;
  readonly hash: HashName;
  /** RFC 3339, UTC. */
  readonly created: string;
}

/**
 * Checks signatures against one pinned key. Everything that is not a yes throws, each cause with a code of its own:
 * image.key-mismatch, image.key-fingerprint, image.key-expired, image.key-revoked, image.key-weak, image.key-private,
 * image.key-unreadable, image.signature-bad, image.signature-weak-hash, image.signature-unsupported,
 * image.signature-type, image.signature-time, image.clearsign-malformed.
 */
export interface SignatureChecker {
  /** Refuses a certificate that is not the pinned one or is expired, revoked, weak, private or certified with SHA-1. */
  assertUsable(key: TrustedKey, now: Date): Promise<{ readonly userId: string; readonly expires?: string }>;
  /** `signedText` is what the signature covers; nothing else of the file may be read. */
  checkText(request: {
    readonly form: 'detached' | 'clearsigned';
    readonly file: Uint8Array;
    /** Of a detached signature. */
    readonly signature?: Uint8Array;
    readonly key: TrustedKey;
    readonly now: Date;
  }): Promise<{ readonly signedText: string; readonly by: SignedBy }>;
  /** A detached signature over a file of any size. */
  checkFile(request: {
    readonly path: string;
    readonly signature: Uint8Array;
    readonly key: TrustedKey;
    readonly now: Date;
    readonly signal?: AbortSignal;
  }): Promise<{ readonly by: SignedBy }>;
}
