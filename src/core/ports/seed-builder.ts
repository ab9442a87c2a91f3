/** A file of the NoCloud seed, by its name in the root of the volume. */
export interface SeedFile {
  readonly name: string;
  readonly content: string;
}

export interface SeedBuilder {
  /**
   * Makes the `cidata` ISO with hdiutil (macOS), genisoimage, mkisofs or xorriso (Linux), atomically, mode 0600.
   * @throws host.tool-missing naming what would do.
   */
  build(files: readonly SeedFile[], outputPath: string, signal?: AbortSignal): Promise<void>;
}
