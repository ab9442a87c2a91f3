import type { ProcessIdentity } from '../ports/process-runner.ts';

export interface PortLease {
  readonly guest: number;
  readonly host: number;
  readonly purpose: 'ssh' | 'user';
}

/** Held from create to destroy. All paths are absolute. */
export interface KeptResources {
  readonly directory: string;
  /** Short private directory for sockets (macOS allows 104 bytes of path). */
  readonly socketDirectory: string;
  readonly baseImagePath: string;
  readonly overlayPath: string;
  readonly varsPath?: string;
  readonly seedPath: string;
  readonly privateKeyPath: string;
  readonly hostPublicKey: string;
  readonly knownHostsPath: string;
  readonly kernelPath?: string;
  readonly initrdPath?: string;
  readonly instanceId: string;
  readonly macAddress: string;
}

/** Held while the VM runs; every way into stopped or failed lets go of it. */
export interface RunningResources {
  readonly process?: ProcessIdentity;
  /** The sh parent that records the exit status of QEMU. */
  readonly guardian?: ProcessIdentity;
  readonly ports: readonly PortLease[];
  readonly sockets: { readonly qmp: string; readonly console: string; readonly agent: string };
}

export interface Ledger {
  readonly schemaVersion: 1;
  readonly kept: Partial<KeptResources>;
  readonly running?: RunningResources;
}
