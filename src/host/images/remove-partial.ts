import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isMissing } from '../store/file-errors.ts';
import { type FileLockDependencies, readLock, removeDeadLock } from '../store/file-lock.ts';

/**
 * Unfinished downloads that no living process works on, and the locks of processes that were killed (`only`: of this
 * download). Returns the bytes.
 */
export async function removePartial(
  directory: string,
  {
    olderThanMs,
    dryRun = false,
    only = '',
  }: { readonly olderThanMs: number; readonly dryRun?: boolean; readonly only?: string },
  deps: FileLockDependencies,
): Promise<number> {
  const partial = join(directory, 'partial');
  let freed = 0;
  for (const name of await readdir(partial).catch(noneIfMissing)) {
    if (!name.startsWith(only)) continue;
    const path = join(partial, name);
    const found = await lstat(path).catch(noneIfMissing);
    if (Array.isArray(found) || deps.clock.now() - found.mtimeMs < olderThanMs) continue;
    const holder = await readLock(join(directory, 'locks', `${withoutSuffix(name)}.lock`));
    if (holder !== undefined && (await deps.runner.isAlive(holder.owner))) continue;
    freed += found.blocks * 512;
    if (!dryRun) await rm(path, { recursive: true, force: true });
  }
  if (!dryRun) await removeDeadLocks(join(directory, 'locks'), only, deps);
  return freed;
}

async function removeDeadLocks(directory: string, only: string, deps: FileLockDependencies): Promise<void> {
  const stem = withoutSuffix(only);
  for (const name of await readdir(directory).catch(noneIfMissing))
    if (/^[^.]+\.lock$/.test(name) && (stem === '' || withoutSuffix(name) === stem))
      await removeDeadLock(join(directory, name), deps);
}

const withoutSuffix = (name: string): string => name.replace(/\..*$/, '');

function noneIfMissing(error: unknown): [] {
  if (isMissing(error)) return [];
  throw error;
}
