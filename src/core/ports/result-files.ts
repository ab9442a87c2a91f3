import type { ResultFile } from '../measure/judging/result-file.ts';

/** Reading of what was measured, wherever the user keeps it. */
export interface ResultFiles {
  /** JSON or YAML. undefined: there is nothing at this path. @throws bench.result-invalid, host.permission */
  read(path: string): Promise<ResultFile | undefined>;
  /** Names in a directory, sorted; undefined: it is none. */
  list(path: string): Promise<readonly string[] | undefined>;
}
