import type { Reading } from '../../core/telemetry/reading.ts';

/** Reads one part of the machine. What it cannot read it leaves out; it throws only when it is broken. */
export interface Collector {
  readonly name: string;
  /** `fast`: at every sample; `slow`: processes, disks, network. */
  readonly pace: 'fast' | 'slow';
  /** @param at epoch milliseconds of this round. */
  collect(at: number): readonly Reading[] | Promise<readonly Reading[]>;
  /** Ends what runs for it. */
  close?(): void;
}
