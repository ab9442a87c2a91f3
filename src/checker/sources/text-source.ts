import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Small files of /proc and /sys below a root, which a test may put elsewhere. */
export interface TextSource {
  /** undefined: not there, or not for us to read. */
  read(path: string): string | undefined;
  /** Names in a directory, sorted; none if there is no such directory. */
  list(path: string): readonly string[];
}

/** Read at once: these files are memory of the kernel, and a thread for each would cost more than the reading. */
export function textSource(root = '/'): TextSource {
  return {
    read(path) {
      try {
        return readFileSync(join(root, path), 'utf8');
      } catch {
        return undefined;
      }
    },
    list(path) {
      try {
        return readdirSync(join(root, path)).sort();
      } catch {
        return [];
      }
    },
  };
}
