import type { ErrorCode } from '../errors/codes.ts';
import type { Accelerator } from '../host-facts.ts';
import type { ProcessIdentity } from '../ports/process-runner.ts';
import type { SeenMarker } from './marker-watch.ts';
import type { MetricLine } from './metric-line.ts';
import type { AnsweredStep } from './script-answers.ts';

export const mediumArchs = ['i386', 'x86_64', 'aarch64', 'arm'] as const;
export type MediumArch = (typeof mediumArchs)[number];

/** What lies in the machine. Paths are absolute; at least one of iso, disk, kernel and bios is there. */
export interface Medium {
  readonly iso?: string;
  /** Never written to, except by an installation. */
  readonly disk?: string;
  readonly kernel?: string;
  readonly initrd?: string;
  readonly deviceTree?: string;
  /** Command line of the kernel. */
  readonly append?: string;
  /** Root file system (raw image) of an ARM kernel; `none` for a kernel that has none. */
  readonly rootfs?: string;
  /** A firmware in one file, such as U-Boot. */
  readonly bios?: string;
}

export interface MachineWishes {
  /** PCs have a BIOS unless told otherwise; aarch64 has UEFI unless it gets a kernel or a firmware. */
  readonly firmware?: 'bios' | 'uefi';
  /** `pc`, `q35`, `virt`, `vexpress-a9` … */
  readonly machine?: string;
  readonly cpuModel?: string;
  readonly cpus?: number;
  readonly memoryMib?: number;
  /** `none` unless asked. */
  readonly network?: 'none' | 'user';
  /** `tcg`: no acceleration, even if the host has it. */
  readonly accelerator?: 'auto' | 'tcg';
  /** Same machine version, CPU model and MAC address whatever the host. */
  readonly reproducible?: boolean;
  /** Host CPUs that QEMU may use (Linux). */
  readonly pinnedCpus?: readonly number[];
  /** A screen on 127.0.0.1; without it there is none. */
  readonly vncPort?: number;
}

export interface BootMediumRequest {
  readonly arch: string;
  readonly medium: Medium;
  readonly machine?: MachineWishes;
  /** Name of a marker table, or path of a file with one. */
  readonly markers: string;
  /** Path of a file with answers. */
  readonly script?: string;
  /**
   * Installs on a disk that is made new (`sizeGib`) or written to: the boot ends with the script, not with a marker.
   * Without a script a person installs, on the screen (`vncPort`), and the end of the machine is that of the installation.
   */
  readonly install?: { readonly disk: string; readonly sizeGib?: number };
  readonly container?: { readonly engine: 'docker' | 'podman'; readonly image: string };
  readonly timeoutMs: number;
  /** Absolute; boot.log, console.times.csv and qemu-debug.log are written there, over older ones. */
  readonly outputDirectory: string;
  /** Told as soon as QEMU runs; what samples it begins here. */
  readonly onProcess?: (process: ProcessIdentity) => void;
  /** Awaited when it is known what became of the boot, while QEMU may still be there. */
  readonly onVerdict?: () => Promise<void>;
}

export interface BootedMachine {
  readonly arch: MediumArch;
  readonly accelerator: Accelerator;
  /** Why this one. */
  readonly acceleratorReason: string;
  readonly emulated: boolean;
  readonly qemuVersion: string;
  readonly machineType: string;
  readonly cpuModel: string;
  readonly cpus: number;
  readonly memoryMib: number;
  readonly network: 'none' | 'user';
  readonly firmware?: string;
  /** Engine and image in which QEMU ran. */
  readonly container?: string;
  readonly pinnedCpus?: readonly number[];
}

export interface TimedMetric extends MetricLine {
  readonly atMs: number;
}

/** What was seen of one boot. All times are milliseconds since QEMU was started; what was not seen is not there. */
export interface BootObservation {
  readonly outcome: 'completed' | 'failed' | 'timeout';
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Name of the table whose markers were looked for. */
  readonly table: string;
  /**
   * Only of a completed boot: when the marker came that means booted (or the last answer of an installation). How long
   * a person takes to install is no measurement.
   */
  readonly bootedAtMs?: number;
  readonly markers: readonly SeenMarker[];
  readonly metrics: readonly TimedMetric[];
  /** METRIC lines beyond the number that is kept. */
  readonly metricsLeftOut: number;
  readonly steps: readonly AnsweredStep[];
  readonly failure?: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly consoleTail: readonly string[];
    readonly qemuWords: readonly string[];
  };
  readonly machine: BootedMachine;
  readonly paths: {
    readonly bootLog: string;
    readonly times: string;
    readonly debugLog: string;
    readonly disk?: string;
  };
}
