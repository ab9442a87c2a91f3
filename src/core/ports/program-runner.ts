import type { UsageDuring } from '../measure/workload/derived-metrics.ts';

interface ProgramRequest {
  readonly command: readonly string[];
  readonly cwd: string;
  /** Added to a minimal environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** What a program printed, bounded: of more than that the beginning. */
export interface ProgramOutput {
  readonly stdout: string;
  readonly stderr: string;
  readonly truncated: boolean;
}

export interface ProgramEnd extends ProgramOutput {
  /** A deadline that passed is no exit. */
  readonly end: { readonly exitCode: number } | { readonly signal: string } | { readonly timedOut: true };
  readonly usage: UsageDuring;
}

/**
 * Runs a program in a group of its own and measures what the group used. Nothing of the group is left when this ends,
 * also when we are killed. @throws the reason of the signal when it is aborted
 */
export type RunProgram = (request: ProgramRequest) => Promise<ProgramEnd>;

export const programOutputLimit = 8 * 1024 * 1024;
