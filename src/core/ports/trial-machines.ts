/** Machines with guest code of ours, for finding out what this host can do. None outlives this process. */
export interface TrialMachines {
  /** A private directory, removed at the end, with the guest code in a file. */
  inDirectory<T>(
    code: Uint8Array,
    use: (place: { readonly directory: string; readonly imagePath: string }) => Promise<T>,
  ): Promise<T>;
  /** QEMU is ended when `use` is done. @throws host.qemu-failed with QEMU's own words when it ends before */
  running<T>(qemuPath: string, args: readonly string[], signal: AbortSignal, use: () => Promise<T>): Promise<T>;
  /** What was found out before, under the same key. */
  remembered<T>(name: string, key: string): Promise<T | undefined>;
  remember(name: string, key: string, verdict: unknown): Promise<void>;
  nonce(): bigint;
}
