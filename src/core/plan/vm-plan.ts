import type { Accelerator, FirmwareFacts, GuestArch, QemuFacts } from '../host-facts.ts';

/** A value with the reason why it was chosen. */
export interface Choice<T> {
  readonly value: T;
  readonly reason: string;
}

export interface PortWish {
  readonly guest: number;
  /** undefined: any free port. */
  readonly host?: number;
  /** fixed: this number or an error. preferred: another one when it is taken. */
  readonly strength: 'fixed' | 'preferred' | 'any';
  readonly purpose: 'ssh' | 'user';
}

export type TrustLevel = 'signed' | 'pinned' | 'tls-only' | 'local';

/** Who vouches for an image, as the lock file records it. */
export interface ImageSigner {
  /** Name of the key in the lock file. */
  readonly key: string;
  /** Of the key or subkey that signed. */
  readonly fingerprint: string;
  readonly origin: 'shipped' | 'workspace';
  readonly hash?: string;
  /** Of the signature; RFC 3339, UTC. */
  readonly created?: string;
}

export interface PlannedImage {
  readonly id: string;
  readonly arch: GuestArch;
  readonly kind: 'vendor' | 'local' | 'file';
  readonly level: TrustLevel;
  /** `sha256:…` or `sha512:…` of the bytes in the cache; undefined for a local image that is not built yet. */
  readonly digest?: string;
  readonly virtualSizeBytes?: number;
  /** For people: "AlmaLinux 9.8 GenericCloud". */
  readonly title?: string;
  /** Which lock file names it, and which build it is. */
  readonly entry?: { readonly origin: 'shipped' | 'workspace'; readonly version: string; readonly build: string };
  /** Only at level signed. */
  readonly signer?: ImageSigner;
  /** Where the bytes of a vendor image come from. */
  readonly url?: string;
  /** Size of the download, where it is known. */
  readonly sizeBytes?: number;
  /** Of a local image. */
  readonly recipe?: string;
  /** Of an image that is a file of the user. */
  readonly path?: string;
}

/** How the guest's first instruction is reached. */
export type BootMethod = 'uefi' | 'direct';

/**
 * Exactly what will be done. Made by one pure function from config, host facts and the lock file; two plans of an
 * unchanged VM are equal. Saved as plan.json.
 */
export interface VmPlan {
  readonly schemaVersion: 1;
  readonly name: string;
  readonly arch: GuestArch;
  /** Where QEMU runs; decides between helpers of macOS and Linux, and whether emulation may use several threads. */
  readonly host?: { readonly platform: 'linux' | 'darwin'; readonly arch: GuestArch };
  readonly image: Choice<PlannedImage>;
  readonly accelerator: Choice<Accelerator>;
  /** e.g. virt, q35; with a version suffix when pinned. */
  readonly machine: Choice<string>;
  readonly cpuModel: Choice<string>;
  readonly cpus: Choice<number>;
  readonly memoryMib: Choice<number>;
  readonly diskGib: Choice<number>;
  readonly boot: Choice<BootMethod>;
  /** Kernel of a direct boot, beside the cached image. */
  readonly kernelCommandLine?: string;
  readonly qemu: QemuFacts;
  readonly firmware?: FirmwareFacts;
  readonly network: Choice<'user' | 'none' | 'bridged'>;
  readonly bridge?: string;
  /** Of the first network card; absent: follows from the VM's id. */
  readonly macAddress?: Choice<string>;
  /** CPUs of the host that QEMU stays on; absent: all. */
  readonly pinnedCpus?: Choice<readonly number[]>;
  /** Nothing of the machine was left to the host or to the version of QEMU. */
  readonly reproducible?: true;
  readonly ports: readonly PortWish[];
  readonly guest: {
    readonly hostname: string;
    readonly user: string;
    readonly sudo: boolean;
    readonly extraAuthorizedKeys: readonly string[];
    /** Content of the user's own cloud-config, already read. */
    readonly cloudConfig?: string;
    readonly timezone: string;
  };
  /** Milliseconds after creation when `vm-gc` may remove it; undefined: never. */
  readonly ttlMs?: number;
  readonly ephemeral: boolean;
  readonly readyTimeoutMs: number;
  /** Sentences a user must see: emulation instead of acceleration, lowered sizes, unsigned image. */
  readonly warnings: readonly string[];
}
