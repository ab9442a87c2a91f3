import type { GuestBoot } from '../measure/boot/guest-boot.ts';
import type { PlannedImage, VmPlan } from '../plan/vm-plan.ts';
import type { ProcessMemory } from '../ports/process-memory.ts';
import type { ProcessIdentity } from '../ports/process-runner.ts';
import type { PortLease } from '../resources/ledger.ts';
import type { BootMark, FailureRecord, LastExit, StateKind } from './vm-state.ts';

/** What a reader sees of a VM; made without a lock from the recorded state and the process that exists now. */
export interface VmSnapshot {
  readonly id: string;
  readonly name: string;
  readonly generation: number;
  readonly state: StateKind;
  /** What the world shows and the record does not say yet, e.g. "exited, not yet recorded". */
  readonly difference?: string;
  /** "stopped (host rebooted)", "ready (degraded: …)" */
  readonly summary: string;
  readonly createdAt: number;
  readonly expiresAt?: number;
  readonly owner?: { readonly pid: number; readonly alive: boolean };
  readonly ephemeral: boolean;
  /** A member of a pool that nobody has claimed. */
  readonly pool?: { readonly template: string; readonly expiresAt: number };
  readonly image: PlannedImage;
  readonly arch: VmPlan['arch'];
  readonly accelerator: VmPlan['accelerator']['value'];
  readonly cpus: number;
  readonly memoryMib: number;
  readonly diskGib: number;
  readonly network: VmPlan['network']['value'];
  readonly pid?: number;
  /** The same process, so that it can be asked for again: `Engine.usage`. */
  readonly process?: ProcessIdentity;
  /** Of QEMU, while it runs. */
  readonly memory?: ProcessMemory;
  /** From which it was forked. */
  readonly template?: { readonly name: string; readonly id: string };
  readonly mac?: { readonly address: string; readonly note: string };
  readonly ports: readonly PortLease[];
  readonly sshPort?: number;
  readonly user: string;
  readonly marks: readonly BootMark[];
  /** What the guest itself told of the boot that `marks` are of. */
  readonly guestBoot?: GuestBoot;
  readonly lastExit?: LastExit;
  readonly failure?: FailureRecord;
  readonly warnings: readonly string[];
  readonly qemu: { readonly version: string; readonly digest: string };
  readonly firmware?: { readonly path: string; readonly digest: string };
  readonly directory: string;
  /** Bytes on disk: overlay, variables, seed, logs. */
  readonly diskUsageBytes: number;
}
