import type { BootMark } from '../../vm/vm-state.ts';
import type { GuestBoot } from './guest-boot.ts';

/** One start of a VM, a line of its samples.jsonl: every start is measured, not only those of a benchmark. */
export interface StartSample {
  readonly schemaVersion: 1;
  readonly runId: string;
  readonly kind: 'boot' | 'restore';
  /** `timeout` and `failed` have marks as far as the guest came, and no duration. */
  readonly outcome: 'completed' | 'failed' | 'timeout';
  readonly marks: readonly BootMark[];
  readonly guest?: GuestBoot;
  /** Why `guest` is absent. */
  readonly guestProblem?: string;
  /** Of a start that was not completed. */
  readonly failure?: { readonly code: string; readonly message: string };
}
