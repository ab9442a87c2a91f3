import { linkSync, readdirSync, readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { uniqueToken } from '../../core/ids/unique-token.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { ProcessIdentity, ProcessRunner } from '../../core/ports/process-runner.ts';
import { fileError, isMissing } from './file-errors.ts';

export interface LockContent {
  readonly owner: ProcessIdentity;
  readonly purpose: string;
}

/**
 * A lock between processes, as a file beside what it guards.
 *
 *   PATH                   held: a hard link to its holder's own file, so it appears complete
 *   PATH.PID.RANDOM        a process that wants the lock
 *   PATH.takeover.RANDOM   a process that is about to remove PATH, whose holder is dead
 *
 * Nobody moves or removes PATH but its holder, and the one who takes over from a dead holder. Taking over is
 * exclusive by "claim, then look": a claim is made under a name of its own, and who sees another living claim steps
 * back. Names are never used twice, so removing what a dead process left cannot hit a living one. (Renaming a dead
 * PATH away is not enough: two may judge it dead, and the slower one renames the living lock of the faster one.)
 */
export interface FileLockOptions {
  readonly purpose: string;
  /** In words: "the port registry". */
  readonly what: string;
  readonly deadlineAt: number;
  readonly signal?: AbortSignal;
  /** Called once, when a living process turns out to hold the lock. */
  readonly onWaiting?: (holder: ProcessIdentity) => void;
}

export interface FileLockDependencies {
  readonly runner: Pick<ProcessRunner, 'identify' | 'isAlive'>;
  readonly clock: Clock;
}

export interface FileLock {
  release(): Promise<void>;
}

/** @throws vm.locked naming the holder when the deadline passes */
export async function acquireFileLock(
  path: string,
  { purpose, what, deadlineAt, signal, onWaiting }: FileLockOptions,
  { runner, clock }: FileLockDependencies,
): Promise<FileLock> {
  const owner = await runner.identify(process.pid);
  if (owner === undefined) throw new Error('the identity of this process cannot be read');
  const own = `${path}.${process.pid}.${uniqueToken()}`;
  let waits = false;
  try {
    try {
      writeFileSync(own, JSON.stringify({ owner, purpose } satisfies LockContent), { mode: 0o600, flag: 'wx' });
    } catch (error) {
      throw fileError(error, path, `locking ${what}`);
    }
    while (!linked(own, path)) {
      signal?.throwIfAborted();
      const holder = await readLock(path);
      if (holder === undefined) continue;
      if (!(await runner.isAlive(holder.owner))) {
        if (await removeDead(path, own, holder, runner)) continue;
      } else if (clock.now() >= deadlineAt) {
        fail('vm.locked', `${what} is held by process ${holder.owner.pid} (${holder.purpose})`, {
          details: { pid: holder.owner.pid, purpose: holder.purpose },
          next: [`ps -p ${holder.owner.pid}`],
        });
      } else if (!waits) {
        waits = true;
        onWaiting?.(holder.owner);
      }
      await clock.sleep(5 + Math.random() * 40, signal);
    }
  } finally {
    removed(own);
  }
  return { release: async () => removed(path) };
}

/** Runs the action while it holds the lock. */
export async function withFileLock<T>(
  path: string,
  options: FileLockOptions,
  dependencies: FileLockDependencies,
  action: () => Promise<T>,
): Promise<T> {
  const lock = await acquireFileLock(path, options, dependencies);
  try {
    return await action();
  } finally {
    await lock.release();
  }
}

export async function readLock(path: string): Promise<LockContent | undefined> {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as LockContent;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** False when another process is about to do it. */
async function removeDead(
  path: string,
  own: string,
  dead: LockContent,
  runner: Pick<ProcessRunner, 'isAlive'>,
): Promise<boolean> {
  const claim = `${path}.takeover.${uniqueToken()}`;
  linkSync(own, claim);
  try {
    const rivals = readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.`));
    for (const name of rivals) {
      const file = join(dirname(path), name);
      if (file === claim || file === own) continue;
      // A file that is being written cannot be parsed yet; it is no claim, since claims appear complete.
      const content = await readLock(file).catch(() => undefined);
      if (content === undefined) continue;
      if (!(await runner.isAlive(content.owner))) removed(file);
      else if (name.startsWith(`${basename(path)}.takeover.`)) return false;
    }
    const now = await readLock(path);
    if (now !== undefined && sameOwner(now.owner, dead.owner)) removed(path);
    return true;
  } finally {
    removed(claim);
  }
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw fileError(error, to, 'locking');
  }
}

function removed(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
  }
}

function sameOwner(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startTime === b.startTime && a.bootId === b.bootId;
}

/** Of locks in a directory: what processes that are gone left beside them, and locks of things that are not there. */
export async function staleLockFiles(
  directory: string,
  names: readonly string[],
  { runner }: Pick<FileLockDependencies, 'runner'>,
): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const name of names) {
    const parts = /^(.+)\.lock(?:\.(\d+|takeover)\.[0-9a-z]+)?$/.exec(name);
    if (!parts) continue;
    const [, guarded = '', pid] = parts;
    if (pid === undefined && (names.includes(guarded) || name.startsWith('.'))) continue;
    const path = join(directory, name);
    const content = await readLock(path).catch(() => undefined);
    const gone = content
      ? !(await runner.isAlive(content.owner))
      : /^\d+$/.test(pid ?? '') && !(await runner.identify(Number(pid)));
    if (gone) stale.push(path);
  }
  return stale;
}
