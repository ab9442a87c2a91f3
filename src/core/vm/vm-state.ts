import type { ProcessIdentity } from '../ports/process-runner.ts';

/**
 * The life of a VM. Each state holds exactly what exists in it; resources are in the ledger beside it.
 *
 *   preparing ─→ stopped ─→ starting ─┬→ booting ───┬→ ready ─→ stopping ─→ stopped
 *       │           │         ↑  │    └→ restoring ─┘    │ ↑
 *       │           │   suspended│           │        paused
 *       │           │         ↑  └───────────┴───────────┼──→ failed | stopped
 *       │           │         └── (from ready, paused) ──┘
 *       └→ gone     └→ destroying ─→ gone
 *
 * A fork and a suspended VM are restored from a memory state that is on record (ledger: `restore`); what is restored is
 * restored under the VM's lock from beginning to end, so `restoring` without a holder of the lock means a crash.
 *
 * Invariants: only the driver, holding the VM's lock, changes a state; it is on disk before it is published; every
 * state that is not a resting one has a deadline or a process whose end moves it on.
 */
export interface BootMark {
  readonly name: MarkName;
  /** Epoch milliseconds of the host. */
  readonly at: number;
  readonly source: 'host' | 'console' | 'qmp' | 'ssh' | 'guest';
}

/** In the order in which a boot passes them. Not every boot shows every one. */
export const markNames = [
  'process-started',
  'qmp-greeting',
  'state-loaded',
  'identity-renewed',
  'firmware',
  'bootloader',
  'kernel',
  'initrd',
  'init',
  'login-prompt',
  'ssh-banner',
  'ssh-login',
  'cloud-init-done',
  'ready',
] as const;
export type MarkName = (typeof markNames)[number];

export interface LastExit {
  readonly at: number;
  /** Exit code of QEMU; undefined when nobody could know it. */
  readonly exitCode?: number;
  readonly reason: 'stopped' | 'powered-off' | 'killed' | 'crashed' | 'host-rebooted' | 'unknown';
  readonly message?: string;
}

export interface FailureRecord {
  readonly at: number;
  readonly stage: MarkName | 'launch' | 'running';
  readonly code: string;
  readonly message: string;
  readonly consoleTail: readonly string[];
  readonly qemuTail: readonly string[];
}

export type VmState =
  | { readonly kind: 'preparing'; readonly since: number; readonly step: string }
  | {
      readonly kind: 'stopped';
      readonly since: number;
      readonly lastExit?: LastExit;
      readonly marks: readonly BootMark[];
    }
  | {
      readonly kind: 'starting';
      readonly since: number;
      readonly process?: ProcessIdentity;
      readonly marks: readonly BootMark[];
    }
  | {
      readonly kind: 'booting';
      readonly since: number;
      readonly process: ProcessIdentity;
      readonly marks: readonly BootMark[];
    }
  | {
      readonly kind: 'restoring';
      readonly since: number;
      readonly process: ProcessIdentity;
      readonly marks: readonly BootMark[];
    }
  | {
      readonly kind: 'ready';
      readonly since: number;
      readonly process: ProcessIdentity;
      readonly marks: readonly BootMark[];
      readonly degraded?: string;
    }
  | {
      /** The processors stand still; memory stays with QEMU. */
      readonly kind: 'paused';
      readonly since: number;
      readonly process: ProcessIdentity;
      readonly marks: readonly BootMark[];
      readonly degraded?: string;
    }
  | {
      /** Memory lies in a file; there is no process. */
      readonly kind: 'suspended';
      readonly since: number;
      readonly marks: readonly BootMark[];
    }
  | {
      readonly kind: 'stopping';
      readonly since: number;
      readonly process: ProcessIdentity;
      readonly rung: 'powerdown' | 'terminate' | 'kill';
      readonly marks: readonly BootMark[];
    }
  | {
      readonly kind: 'failed';
      readonly since: number;
      readonly failure: FailureRecord;
      readonly marks: readonly BootMark[];
    }
  | { readonly kind: 'destroying'; readonly since: number };

export const stateKinds = [
  'preparing',
  'stopped',
  'starting',
  'booting',
  'restoring',
  'ready',
  'paused',
  'suspended',
  'stopping',
  'failed',
  'destroying',
] as const satisfies readonly VmState['kind'][];
export type StateKind = VmState['kind'];
