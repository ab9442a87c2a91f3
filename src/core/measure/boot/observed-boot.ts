import type { Fingerprint } from '../fingerprint.ts';
import type { UsageRecord } from '../usage/usage-record.ts';
import type { BootLane } from './boot-lanes.ts';
import type { GuestBoot } from './guest-boot.ts';

interface ObservedMetric {
  readonly name: string;
  readonly value: number;
  /** Empty when the guest said none. */
  readonly unit: string;
  /** Milliseconds since QEMU was started. */
  readonly afterMs: number;
}

interface ObservedMarker {
  readonly name: string;
  /** Milliseconds since QEMU was started. */
  readonly afterMs: number;
}

/**
 * One measured boot, of a VM of ours or of any medium. A boot that was not completed has the markers that it reached
 * and no duration.
 */
export interface ObservedBoot {
  readonly outcome: 'completed' | 'failed' | 'timeout';
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** From the start of QEMU to the moment that counts as booted; only of a completed one. */
  readonly totalMs?: number;
  readonly markers: readonly ObservedMarker[];
  readonly lanes: readonly BootLane[];
  readonly guest?: GuestBoot;
  readonly guestProblem?: string;
  /** What the guest itself printed as its metrics. */
  readonly metrics?: readonly ObservedMetric[];
  /** Of a medium: whose markers these are, and so what booted means. */
  readonly markerTable?: string;
  /** By systemd's own account, slowest first. */
  readonly slowUnits?: readonly string[];
  /** Not a boot but an installation, which is over with its last answer. */
  readonly installation?: true;
  readonly failure?: { readonly code: string; readonly message: string };
  readonly usage: UsageRecord;
  readonly machine: NonNullable<Fingerprint['machine']>;
  /** The host could have run this guest without emulation. */
  readonly accelerationUsable: boolean;
  /** Where the whole console and QEMU's own words lie until the VM is removed. */
  readonly bootLog: string;
  readonly debugLog: string;
  readonly diskImage: string;
}
