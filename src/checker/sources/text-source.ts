import { accessSync, constants, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Small files of /proc and /sys below a root, which a test may put elsewhere. */
export interface TextSource {
  /** undefined: not there, or not for us to read. */
  read(path: string): string | undefined;
  /** Asked once for files that are read often: a file that is not there is the most expensive one to read. */
  canRead(path: string): boolean;
  /** Names in a directory, sorted; none if there is no such directory. */
  list(path: string): readonly string[];
  /** Of these the directories only. */
  directories(path: string): readonly string[];
}

/** Read at once: these files are memory of the kernel, and a thread for each would cost more than the reading. */
export function textSource(root = '/'): TextSource {
  return {
    read: (path) => attempt(() => readFileSync(join(root, path), 'utf8')),
    canRead: (path) =>
      attempt(() => {
        accessSync(join(root, path), constants.R_OK);
        return true;
      }) ?? false,
    list: (path) => attempt(() => readdirSync(join(root, path)).sort()) ?? [],
    directories: (path) =>
      attempt(() => {
        const entries = readdirSync(join(root, path), { withFileTypes: true });
        return entries.flatMap((entry) => (entry.isDirectory() ? entry.name : [])).sort();
      }) ?? [],
  };
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
