import type { Finding } from '../engine.ts';

/** What `doctor` looks at beyond tools and acceleration, and what `version` tells. */
export interface HostInspection {
  findings(directory: string, signal?: AbortSignal): Promise<readonly Finding[]>;
  versions(): Promise<Readonly<Record<string, unknown>>>;
  /** Writes a gzip-compressed tar of the given files, mode 0600, atomically. */
  writeBundle(path: string, files: readonly { readonly name: string; readonly content: string }[]): Promise<void>;
}
