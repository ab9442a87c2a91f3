import type { Deadline } from '../deadline.ts';
import type { ProcessIdentity } from './process-runner.ts';

/** A launcher is a value: QEMU is one. */
export interface LaunchSpec {
  readonly executable: string;
  readonly args: readonly string[];
  readonly runId: string;
  /** Directory for the run's files: pid, exit status, the output of the program. */
  readonly runDirectory: string;
}

export interface Launched {
  readonly process: ProcessIdentity;
  readonly guardian: ProcessIdentity;
}

export type ExitStatus =
  | { readonly known: true; readonly exitCode: number; readonly at: number }
  | { readonly known: false };

export interface QmpSession {
  /** @throws host.qemu-failed with QEMU's own words. */
  execute<T = unknown>(
    command: string,
    args?: Readonly<Record<string, unknown>>,
    options?: { readonly timeoutMs: number },
  ): Promise<T>;
  close(): void;
}

export interface VmLauncher {
  /** Starts the program in its own session, under a small sh that records its exit status. */
  launch(spec: LaunchSpec, signal?: AbortSignal): Promise<Launched>;
  /**
   * After a crash of ours between launch and record: takes the launch back, or finds what was started.
   * Returns undefined when nothing runs and nothing will.
   */
  recover(runDirectory: string, runId: string): Promise<Launched | undefined>;
  exitStatus(runDirectory: string, runId: string): Promise<ExitStatus>;
  connect(qmpSocket: string, deadline: Deadline): Promise<QmpSession>;
  /** Last lines that the program itself wrote. */
  ownWords(runDirectory: string): Promise<readonly string[]>;
}
