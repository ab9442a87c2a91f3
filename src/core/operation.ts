import type { VmSnapshot } from './vm/vm-snapshot.ts';
import type { BootMark } from './vm/vm-state.ts';

/** What long work reports while it runs; rendered by ink on a terminal and as lines elsewhere. */
export type Progress =
  | {
      readonly kind: 'step';
      readonly step: string;
      readonly state: 'running' | 'done' | 'skipped';
      readonly detail?: string;
    }
  | {
      readonly kind: 'bytes';
      readonly what: string;
      readonly done: number;
      readonly total?: number;
      /** Where the sender measures it; what is resumed does not count. */
      readonly bytesPerSecond?: number;
      readonly secondsLeft?: number;
    }
  | { readonly kind: 'mark'; readonly mark: BootMark; readonly startedAt: number }
  | { readonly kind: 'console'; readonly line: string }
  | { readonly kind: 'waiting'; readonly probe: string; readonly answer: string }
  | { readonly kind: 'notice'; readonly level: 'info' | 'warning'; readonly text: string };

/** Passed to every operation: who asked, how to cancel, where to report. */
export interface Call {
  readonly requestId: string;
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
}

/** Every request is answered: accepted (done), ignored because it is already so. A denial is a `refused` error. */
export interface Answer {
  readonly outcome: 'accepted' | 'ignored';
  readonly reason?: string;
  readonly vm: VmSnapshot;
}

export interface Removal {
  readonly what: string;
  readonly path?: string;
  readonly reason: string;
  readonly bytes?: number;
}

export interface StartOptions {
  /** false: return when QEMU runs. */
  readonly wait: boolean;
  readonly timeoutMs?: number;
  readonly requireAccel?: boolean;
  /** Boots from the disk; a saved memory state is given up. */
  readonly cold?: boolean;
}
