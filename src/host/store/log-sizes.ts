import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isMissing } from './file-errors.ts';

/**
 * Bytes of one file of each VM, by the VM's id; a VM without it is left out. Without the thread pool, which costs ten
 * times as much as the look itself.
 */
export function logSizes(root: string, fileOf: (directory: string) => string | undefined): ReadonlyMap<string, number> {
  const sizes = new Map<string, number>();
  for (const id of entries(root)) {
    // Hidden directories are rubbish or not ready; locks lie beside the directories.
    if (/^\.|\.lock/.test(id)) continue;
    const file = fileOf(join(root, id));
    const size = file === undefined ? undefined : found(() => statSync(file).size);
    if (size !== undefined) sizes.set(id, size);
  }
  return sizes;
}

/** The name of a run begins with its time. */
export function consoleOfLastRun(directory: string): string | undefined {
  const last = entries(join(directory, 'runs')).sort().at(-1);
  return last === undefined ? undefined : join(directory, 'runs', last, 'console.log');
}

const entries = (directory: string): string[] => found(() => readdirSync(directory)) ?? [];

/** What is not there, or lies in a stray file, is told by nothing. */
function found<T>(look: () => T): T | undefined {
  try {
    return look();
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
