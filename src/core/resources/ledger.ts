import type { ProcessIdentity } from '../ports/process-runner.ts';

export interface PortLease {
  readonly guest: number;
  readonly host: number;
  readonly purpose: 'ssh' | 'user';
}

/**
 * A memory state from which the next start restores instead of booting. `fork`: a template's, shared with others and
 * never written. `own`: this VM's, removed in the moment in which the guest goes on (it would be stale from then on).
 */
export interface RestoreSource {
  readonly kind: 'fork' | 'own';
  /** Device state, and the memory as well when there is no `ramPath`. */
  readonly statePath: string;
  /** Memory as a file that is mapped privately (x-ignore-shared). */
  readonly ramPath?: string;
  readonly transport: 'exec' | 'file';
  readonly mappedRam?: boolean;
  /** The template's memory file is opened read-only (QEMU from 8.2 on). */
  readonly readOnlyRam?: boolean;
  /** Of an `own` state: what was forwarded, ports that were added while it ran included. */
  readonly ports?: readonly PortLease[];
  /** Of an `own` state: it is loaded by the QEMU that saved it only. A template has it among its inputs. */
  readonly qemuDigest?: string;
}

/** What a VM has of a template as long as it exists: its overlay lies on the template's disk. */
export interface TemplateReference {
  readonly name: string;
  /** Of the template; another one of the same name has another. */
  readonly id: string;
  readonly directory: string;
}

/** What a snapshot with memory needs beside itself to be loaded. */
export interface SnapshotMachine {
  readonly qemuDigest: string;
  readonly cpus: number;
  readonly memoryMib: number;
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
  readonly template?: TemplateReference;
  readonly restore?: RestoreSource;
  /** Forwarded while it ran: they are wanted at every start, until they are removed. */
  readonly addedPorts?: readonly { readonly guest: number; readonly host: number }[];
  /** Snapshots with memory, by name. */
  readonly snapshots?: Readonly<Record<string, SnapshotMachine>>;
  /** It is being made into this template; whoever finds it without the holder of the lock finishes or undoes that. */
  readonly freezing?: { readonly name: string; readonly id: string };
}

/**
 *   shared   a file, mapped shared: the machine can be frozen with its memory left where it is
 *   private  a template's file, mapped copy-on-write
 */
export type MemoryOfRun =
  | { readonly kind: 'shared'; readonly path: string }
  | { readonly kind: 'private'; readonly path: string; readonly readOnly: boolean };

/** Another QEMU that is to take a running machine over; who has it at last, the state's process tells. */
export interface MovingRun {
  readonly runId: string;
  readonly sockets: RunningResources['sockets'];
  readonly memory: MemoryOfRun;
}

/** Held while the VM runs; every way into stopped or failed lets go of it. */
export interface RunningResources {
  readonly process?: ProcessIdentity;
  /** The sh parent that records the exit status of QEMU. */
  readonly guardian?: ProcessIdentity;
  readonly ports: readonly PortLease[];
  readonly sockets: {
    readonly qmp: string;
    readonly console: string;
    readonly agent: string;
    /** The port by which a restored guest is told who it is; absent in records of older versions. */
    readonly renewal?: string;
  };
  /** How the run has its memory; undefined: anonymous memory of QEMU. */
  readonly memory?: MemoryOfRun;
  readonly moving?: MovingRun;
}

export interface Ledger {
  readonly schemaVersion: 1;
  readonly kept: Partial<KeptResources>;
  readonly running?: RunningResources;
}
