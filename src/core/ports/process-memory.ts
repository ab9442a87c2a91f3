import type { ProcessIdentity } from './process-runner.ts';

/** Bytes. */
export interface ProcessMemory {
  readonly residentBytes: number;
  /** Mapped by no other process; absent where the host does not tell. */
  readonly privateBytes?: number;
}

export interface ProcessMemories {
  /** undefined: the process is gone. */
  of(process: ProcessIdentity): Promise<ProcessMemory | undefined>;
  /** Resident bytes alone, for who asks every second; undefined: the process is gone. */
  residentOf(process: ProcessIdentity): Promise<number | undefined>;
}
