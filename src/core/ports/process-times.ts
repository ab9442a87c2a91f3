import type { ProcessIdentity } from './process-runner.ts';

export interface ProcessTimes {
  /** Processor time that a process has used, in seconds; undefined: it is gone, or the host does not tell. */
  cpuSeconds(process: ProcessIdentity): Promise<number | undefined>;
}
