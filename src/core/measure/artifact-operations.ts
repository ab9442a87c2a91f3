import type { BootTime } from './boot/boot-artifacts.ts';
import type { HistorySummary } from './boot/history-summary.ts';

export interface MergeRequest {
  /** With the raw inputs of one boot; of several the newest are taken. */
  readonly directory: string;
  readonly arch?: string;
  /** Default: boot_time.json in the directory. */
  readonly out?: string;
}

export interface MergedBoot {
  readonly path: string;
  readonly inputs: {
    /** Absent: nobody timed this boot. */
    readonly measurements?: string;
    readonly report: string;
    readonly resources: string;
    readonly bootLog: string;
  };
  readonly bootTime: BootTime;
}

export interface SummarizedHistory {
  readonly path: string;
  readonly summary: HistorySummary;
}

/** The separate tools of the artifact contract, over directories of ours and of other tools. */
export interface ArtifactOperations {
  /** @throws bench.artifact-missing, bench.result-invalid, bench.artifacts-contradict */
  merge(request: MergeRequest): Promise<MergedBoot>;
  /** Of the directory that has `runs`. @throws the same */
  summarize(directory: string): Promise<SummarizedHistory>;
}
