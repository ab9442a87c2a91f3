import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Facts that are costly to find out again. A cache that cannot be read or written only costs time. */
export interface JsonCache {
  /** undefined: nothing there, or made under another key. */
  read<T>(name: string, key: string): Promise<T | undefined>;
  write(name: string, key: string, value: unknown): Promise<void>;
}

const schemaVersion = 1;
let writes = 0;

export function createJsonCache(directory: string): JsonCache {
  const pathOf = (name: string): string => join(directory, `${name}.json`);
  return {
    async read<T>(name: string, key: string) {
      try {
        const entry = JSON.parse(await readFile(pathOf(name), 'utf8')) as Record<string, unknown>;
        return entry['schemaVersion'] === schemaVersion && entry['key'] === key ? (entry['value'] as T) : undefined;
      } catch {
        return undefined;
      }
    },
    async write(name, key, value) {
      writes += 1;
      const beside = `${pathOf(name)}.${process.pid}.${writes}.part`;
      try {
        await mkdir(directory, { recursive: true, mode: 0o700 });
        await writeFile(beside, `${JSON.stringify({ schemaVersion, key, value })}\n`, { mode: 0o600 });
        await rename(beside, pathOf(name));
      } catch {
        await rm(beside, { force: true }).catch(() => undefined);
      }
    },
  };
}
