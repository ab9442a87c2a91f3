import type { ParsedConfigFile } from '../config/parsed-config-file.ts';

type FileLook =
  | { readonly kind: 'missing' | 'directory' | 'unreadable' }
  | { readonly kind: 'file'; readonly path: string; readonly sizeBytes: number };

/** Files of a person: what is to be booted, and what says how. */
export interface MediaFiles {
  /** Whether this user may read it; relative paths are those of the current folder. */
  look(path: string): Promise<FileLook>;
  bytes(path: string, from: number, count: number): Promise<Uint8Array>;
  /** YAML or JSON with the place of every key; undefined when it is not there. @throws the given code otherwise */
  document(
    path: string,
    code: 'measure.markers-invalid' | 'measure.script-invalid',
  ): Promise<ParsedConfigFile | undefined>;
  /** The text of a log in chunks, from its beginning. */
  text(path: string): AsyncIterable<string>;
}
