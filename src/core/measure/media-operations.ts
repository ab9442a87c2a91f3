import type { Call } from '../operation.ts';
import type { BootMediumRequest, BootObservation } from './boot-medium.ts';

export interface BootProof {
  readonly log: string;
  readonly booted: boolean;
  /** The marker that shows it. */
  readonly found?: { readonly table: string; readonly marker: string; readonly line: number; readonly text: string };
  /** What the guest said of a failure before that. */
  readonly failure?: string;
  readonly tables: readonly string[];
}

/** Guests that are not our images. */
export interface MediaOperations {
  /** One boot in a fresh machine, watched until a marker, a failure or the deadline. */
  boot(request: BootMediumRequest, call: Call): Promise<BootObservation>;
  /** Whether a console log shows a guest that came up. */
  verify(request: { readonly log: string; readonly markers?: string }): Promise<BootProof>;
}
