/** What tells one process from a later one with the same pid. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Linux: field 22 of /proc/PID/stat (clock ticks since boot). macOS: `ps -o lstart=`. Compared as text. */
  readonly startTime: string;
  /** The host boot in which the process runs. */
  readonly bootId: string;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  readonly timeoutMs?: number;
  readonly input?: string | Uint8Array;
  /** Added to a minimal environment (PATH, HOME, LANG=C.UTF-8, TMPDIR, proxies). */
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Return instead of throwing when the exit code is one of these. Default: [0]. */
  readonly acceptExitCodes?: readonly number[] | 'any';
  /** Called with each line of standard output and standard error as it arrives. */
  readonly onLine?: (line: string, stream: 'stdout' | 'stderr') => void;
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessRunner {
  /**
   * Runs a short program without a shell.
   * @throws `host.tool-missing` when it does not exist, `host.tool-failed` with the last lines of its errors.
   */
  run(tool: string, args: readonly string[], options?: RunOptions): Promise<RunResult>;
  /** Absolute path of a program on PATH (and /usr/sbin, /sbin, Homebrew), or undefined. */
  which(tool: string): Promise<string | undefined>;
  identify(pid: number): Promise<ProcessIdentity | undefined>;
  /** True only when the process with this pid is the very same one. A zombie is not alive. */
  isAlive(identity: ProcessIdentity): Promise<boolean>;
  /** Compares the identity first. */
  kill(identity: ProcessIdentity, signal: 'SIGTERM' | 'SIGKILL' | 'SIGINT'): Promise<'sent' | 'gone'>;
}
