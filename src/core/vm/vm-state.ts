import type { ProcessIdentity } from '../ports/process-runner.ts';

/**
 * The life of a VM. Each state holds exactly what exists in it; resources are in the ledger beside it.
 *
 *   preparing ─→ stopped ─→ starting ─→ booting ─→ ready ─→ stopping ─→ stopped
 *       │           │           └─────────┴──────────┴──→ failed | stopped
 *       └→ gone     └→ destroying ─→ gone
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
  'firmware',
  'bootloader',
  'kernel',
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
      readonly kind: 'ready';
      readonly since: number;
      readonly process: ProcessIdentity;
      readonly marks: readonly BootMark[];
      readonly degraded?: string;
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

export type StateKind = VmState['kind'];
