import type { ProcessIdentity } from './process-runner.ts';

export interface MediumLaunch {
  readonly executable: string;
  readonly args: readonly string[];
  /** A socket that we listen on and to which QEMU connects the guest's serial port before the guest runs. */
  readonly serialSocket: string;
  /** Receives the times of the lines: `line,at_ms,offset`. */
  readonly timesPath: string;
  /** What QEMU itself says, behind its argument list. */
  readonly debugLog: string;
  /** Of QEMU's own temporary files. */
  readonly temporaryDirectory: string;
  /** Asked for QEMU's process when it runs in a container: its engine and the name of the container. */
  readonly container?: { readonly engine: string; readonly name: string };
  /** Called for each chunk of the console with the time of its receipt, in milliseconds since the start. */
  readonly onChunk: (text: string, atMs: number) => void;
}

export interface MediumEnd {
  readonly exitCode?: number;
  readonly signal?: string;
  /** Of what QEMU wrote, the first part. */
  readonly words: readonly string[];
}

export interface MediumRun {
  /** Epoch milliseconds of the moment at which QEMU was started. */
  readonly startedAt: number;
  /** Undefined when it was gone before anybody could look. */
  readonly process: Promise<ProcessIdentity | undefined>;
  /** How QEMU ended, when it has. */
  readonly end: MediumEnd | undefined;
  elapsedMs(): number;
  /** Types on the console. */
  type(text: string): void;
  /** Ends QEMU: at once, or in such a way that what its disks hold in memory is written. Answers when it is gone. */
  stop(how: 'at-once' | 'disks-written'): Promise<MediumEnd>;
}

/** Machines that are watched from their first byte on. None outlives this process. */
export interface MediumMachines {
  /** A private directory with a short path, removed at the end. */
  inDirectory<T>(use: (directory: string) => Promise<T>): Promise<T>;
  /** Who we are, and the group that may open /dev/kvm when only a group may. */
  owner(): { readonly uid: number; readonly gid: number; readonly kvmGroup?: number };
  /** The program that ends another one with us, for a place in which we cannot run ours. */
  readonly watchdog: string;
  start(launch: MediumLaunch): Promise<MediumRun>;
}
