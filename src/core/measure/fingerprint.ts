/**
 * What a measurement was made on. Two results may be judged against one another only when everything that makes a
 * machine faster or slower is the same; what merely may (a kernel update of the host) is told.
 */
export interface Fingerprint {
  readonly host: {
    readonly cpuModel: string;
    readonly cpuCount: number;
    readonly memoryMib: number;
    readonly platform: 'linux' | 'darwin';
    /** Release of the host's kernel. */
    readonly release: string;
    readonly arch: string;
  };
  /** Undefined for workloads that run on the host itself. */
  readonly machine?: {
    readonly arch: string;
    readonly accelerator: 'kvm' | 'hvf' | 'tcg';
    /** The guest's processor is translated, not run: never mixed with native results. */
    readonly emulated: boolean;
    readonly qemuVersion: string;
    readonly machineType: string;
    readonly cpuModel: string;
    readonly cpus: number;
    readonly memoryMib: number;
    readonly firmware?: string;
    /** Container engine and image in which QEMU ran. */
    readonly container?: string;
    /** CPUs of the host that QEMU stayed on. */
    readonly pinnedCpus?: readonly number[];
    /** Machine, CPU model and address were the same as they would be on every host. */
    readonly reproducible?: true;
    /** Why this accelerator; words for a person. */
    readonly acceleratorReason?: string;
    readonly network?: string;
  };
  readonly tools: Readonly<Record<string, string>>;
}
