import type { GuestArch } from '../host-facts.ts';

export type Origin =
  | { readonly from: 'default'; readonly note?: string }
  | { readonly from: 'file'; readonly path: string; readonly line: number; readonly field: string }
  | { readonly from: 'env'; readonly name: string }
  | { readonly from: 'flag'; readonly name: string };

/** A value and where it came from; `plan --explain` prints both. */
export interface Sourced<T> {
  readonly value: T;
  readonly origin: Origin;
}

export interface PortForward {
  /** 0: any free port. */
  readonly host: number;
  readonly guest: number;
}

/** What was asked, before the host is looked at. One member for each row of the field table. */
export interface VmConfig {
  readonly name: Sourced<string>;
  readonly image: Sourced<string>;
  /** An image that the lock file does not name: where it is, its digest (always needed) and a name for it. */
  readonly imageUrl?: Sourced<string | undefined>;
  readonly imageChecksum?: Sourced<string | undefined>;
  readonly imageFilename?: Sourced<string | undefined>;
  /** undefined: the host's. */
  readonly arch: Sourced<GuestArch | undefined>;
  readonly cpus: Sourced<number>;
  readonly memoryMib: Sourced<number>;
  readonly diskGib: Sourced<number>;
  readonly accelerator: Sourced<'auto' | 'hvf' | 'kvm' | 'tcg'>;
  readonly requireAccel: Sourced<boolean>;
  readonly boot: Sourced<'auto' | 'uefi' | 'direct'>;
  readonly cpuModel: Sourced<string | undefined>;
  /** Machine, CPU model and address are the same on every host and with every QEMU. */
  readonly reproducible?: Sourced<boolean>;
  readonly machineType?: Sourced<string | undefined>;
  readonly macAddress?: Sourced<string | undefined>;
  readonly pinnedCpus?: Sourced<readonly number[] | undefined>;
  readonly network: Sourced<'user' | 'none' | 'bridged'>;
  readonly bridge: Sourced<string | undefined>;
  /** Preferred (2222 by default) or, when a flag names it, fixed. */
  readonly sshPort: Sourced<number>;
  readonly ports: Sourced<readonly PortForward[]>;
  readonly hostname: Sourced<string | undefined>;
  readonly user: Sourced<string>;
  readonly sudo: Sourced<boolean>;
  readonly sshKey: Sourced<string | undefined>;
  readonly cloudInit: Sourced<string | undefined>;
  readonly ttlMs: Sourced<number | undefined>;
  readonly readyTimeoutMs: Sourced<number>;
  readonly notes: Sourced<readonly string[]>;
}
