/** Small file access that use cases need; everything else has a port of its own. */
export interface TextFiles {
  /** undefined when the file does not exist. */
  read(path: string): Promise<string | undefined>;
  /** Atomic (temporary file, fsync, rename). @throws host.no-space, host.permission */
  /** Appears complete or not at all; with `durable: false` a power cut may still take it. */
  write(path: string, content: string, mode?: number, options?: { readonly durable: boolean }): Promise<void>;
  makeDirectory(path: string, mode?: number): Promise<void>;
  remove(path: string): Promise<void>;
  exists(path: string): Promise<boolean>;
  /** Bytes actually allocated below a path. */
  usage(path: string): Promise<number>;
  /** Last lines of a possibly large file. */
  tail(path: string, lines: number): Promise<readonly string[]>;
  /**
   * Follows a growing file from an offset; yields text as it comes; ends when the signal is aborted, or with
   * `untilRemoved` when the file was there and is gone.
   */
  follow(
    path: string,
    options: {
      readonly from: number;
      readonly intervalMs: number;
      readonly signal: AbortSignal;
      readonly untilRemoved?: boolean;
    },
  ): AsyncIterable<string>;
  size(path: string): Promise<number>;
  /** Names in a directory, sorted; empty when there is none. */
  names(directory: string): Promise<readonly string[]>;
  /** Appears complete; false when there is nothing to copy. */
  copy(from: string, to: string): Promise<boolean>;
  /** To the end of a file that other programs write to as well; it is made when it is not there. */
  append(path: string, content: string): Promise<void>;
}
