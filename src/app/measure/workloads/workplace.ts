import type { Workload } from '../../../core/measure/workload/workload.ts';
import type { ProgramEnd } from '../../../core/ports/program-runner.ts';

interface PlacedCommand {
  /** A string is one line for sh. */
  readonly command: string | readonly string[];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

/** Where programs of workloads run: the host, or one guest. */
export interface Workplace {
  /** Makes an empty folder and brings the files there, each under its own name. */
  open(workload: Workload, files: readonly string[]): Promise<string>;
  run(command: PlacedCommand): Promise<ProgramEnd>;
  close(folder: string): Promise<void>;
}

export function commandVector(command: string | readonly string[]): readonly string[] {
  return typeof command === 'string' ? ['sh', '-c', command] : command;
}
