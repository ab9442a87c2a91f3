import { lstat, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/ports/clock.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import { isMissing } from '../store/file-errors.ts';
import { readLock } from '../store/file-lock.ts';

/** Unfinished downloads that no living process works on (`only`: what begins with this name). Returns the bytes. */
export async function removePartial(
  directory: string,
  {
    olderThanMs,
    dryRun = false,
    only = '',
  }: { readonly olderThanMs: number; readonly dryRun?: boolean; readonly only?: string },
  { runner, clock }: { readonly runner: Pick<ProcessRunner, 'isAlive'>; readonly clock: Clock },
): Promise<number> {
  const partial = join(directory, 'partial');
  let freed = 0;
  for (const name of await readdir(partial).catch(noneIfMissing)) {
    if (!name.startsWith(only)) continue;
    const path = join(partial, name);
    const found = await lstat(path).catch(noneIfMissing);
    if (Array.isArray(found) || clock.now() - found.mtimeMs < olderThanMs) continue;
    const holder = await readLock(join(directory, 'locks', `${name.replace(/\..*$/, '')}.lock`));
    if (holder !== undefined && (await runner.isAlive(holder.owner))) continue;
    freed += found.blocks * 512;
    if (!dryRun) await rm(path, { recursive: true, force: true });
  }
  return freed;
}

function noneIfMissing(error: unknown): [] {
  if (isMissing(error)) return [];
  throw error;
}
