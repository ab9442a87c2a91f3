import type { GuestArch } from './host-facts.ts';
import type { VendorImage } from './image/image-entry.ts';
import type { ImageSigner, TrustLevel } from './plan/vm-plan.ts';

export interface ImageChoiceOf {
  readonly id: string;
  /** undefined: the host's. */
  readonly arch?: GuestArch;
}

export interface CachedFacts {
  readonly path: string;
  readonly sizeBytes: number;
  /** RFC 3339, UTC. */
  readonly since: string;
  /** VMs of this workspace. */
  readonly usedBy: readonly string[];
}

export interface KeyFacts {
  readonly id: string;
  readonly fingerprint: string;
  readonly origin: 'shipped' | 'workspace';
  readonly file: string;
  readonly form: 'detached' | 'clearsigned';
  /** undefined while the certificate is refused. */
  readonly userId?: string;
  readonly expires?: string;
  /** Why the certificate cannot be used now. */
  readonly refused?: { readonly code: string; readonly message: string };
  readonly images: readonly string[];
}

/** One row of `image list`. */
export interface ImageFacts {
  readonly id: string;
  readonly arch: GuestArch;
  readonly name: string;
  readonly kind: 'vendor' | 'local';
  readonly origin: 'shipped' | 'workspace';
  readonly release?: string;
  readonly version?: string;
  readonly build?: string;
  readonly level: TrustLevel;
  /** In words: "signed", "signed, your key". */
  readonly trust: string;
  /** Who may sign it. */
  readonly key?: { readonly id: string; readonly fingerprint: string; readonly origin: 'shipped' | 'workspace' };
  readonly digest?: string;
  readonly sizeBytes?: number;
  /** Of the build, as the lock file dates it. */
  readonly releasedOn?: string;
  readonly ageDays?: number;
  readonly verifiedAt?: string;
  /** Days since the signature was last checked against the vendor's server. */
  readonly verifiedDaysAgo?: number;
  readonly stale: boolean;
  readonly cached?: CachedFacts;
}

/** Everything of `image show`. */
export interface ImagePage extends ImageFacts {
  readonly levelMeans: string;
  /** Why the level is not higher. */
  readonly reason?: string;
  /** What would raise the level, or make it fresh. */
  readonly toRaise?: string;
  readonly urls: readonly string[];
  readonly virtualSizeBytes?: number;
  readonly checksums?: { readonly url: string; readonly sha256?: string };
  readonly signature?: { readonly url: string; readonly form: string; readonly sha256?: string };
  readonly signer?: ImageSigner & { readonly userId?: string };
  readonly keyState?: Pick<KeyFacts, 'userId' | 'expires' | 'refused'>;
  readonly verifiedWith?: string;
  /** Kept in the cache for a check without network. */
  readonly evidence: 'complete' | 'incomplete' | 'none';
  readonly recipe?: string;
}

export interface Verified {
  readonly id: string;
  readonly arch: GuestArch;
  readonly digest: string;
  readonly level: TrustLevel;
  readonly bytes: 'right' | 'not-cached' | 'wrong';
  /** `not-kept`: the files of the vendor are not in the cache; `none`: the entry has no signature. */
  readonly signature: 'good' | 'bad' | 'not-kept' | 'none';
  readonly signer?: ImageSigner & { readonly userId?: string };
  readonly stale: boolean;
  readonly verifiedDaysAgo?: number;
  readonly problem?: { readonly code: string; readonly message: string };
}

export interface FieldChange {
  readonly field: string;
  readonly from: string;
  readonly to: string;
}

export interface Updated {
  readonly id: string;
  readonly arch: GuestArch;
  readonly outcome: 'current' | 'verified' | 'behind' | 'updated' | 'not-checkable' | 'failed';
  readonly level: TrustLevel;
  readonly changes: readonly FieldChange[];
  readonly signer?: ImageSigner & { readonly userId?: string };
  readonly reason?: string;
  readonly problem?: { readonly code: string; readonly message: string };
}

export interface UpdateReport {
  readonly check: boolean;
  /** undefined: nothing was written. */
  readonly lockFile?: string;
  readonly images: readonly Updated[];
}

export interface UpdateRequest {
  /** undefined: every image of a vendor. */
  readonly image?: ImageChoiceOf;
  readonly check: boolean;
  readonly allowDowngrade: boolean;
  /** The lock file to write; undefined: the one of the workspace. */
  readonly lockFile?: string;
}

export interface AddImageRequest {
  /** https URL or path. */
  readonly source: string;
  readonly id: string;
  readonly arch: GuestArch | undefined;
  readonly name?: string;
  readonly user: string;
  readonly family: VendorImage['family'];
  readonly digest?: string;
  readonly checksums?: { readonly url: string; readonly format: 'gnu' | 'bsd' | 'bare' | 'json' };
  readonly signature?: {
    readonly url: string;
    readonly form: 'detached' | 'clearsigned' | 'image';
    readonly key: string;
  };
  readonly acknowledged?: string;
  readonly namePattern?: string;
}
