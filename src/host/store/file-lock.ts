import { readdirSync, readFileSync, readlinkSync, symlinkSync, unlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fail, hasCode } from '../../core/errors/sysmonvm-error.ts';
import { uniqueToken } from '../../core/ids/unique-token.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { ProcessIdentity, ProcessRunner } from '../../core/ports/process-runner.ts';
import { fileError, isMissing } from './file-errors.ts';

export interface LockContent {
  readonly owner: ProcessIdentity;
  readonly purpose: string;
}

/**
 * A lock between processes, as a name beside what it guards.
 *
 *   PATH                   held: a symbolic link to nothing, whose text says who holds it
 *   PATH.takeover.RANDOM   likewise: a process that is about to remove PATH, whose holder is dead
 *
 * A symbolic link appears complete or not at all, and a short one lies in its inode, so that a lock is also had on a
 * full disk: who destroys VMs does it to get room.
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
  const content = { owner, purpose };
  let waits = false;
  while (!placed(content, path, what)) {
    signal?.throwIfAborted();
    const holder = await readLock(path);
    if (holder === undefined) continue;
    if (!(await runner.isAlive(holder.owner))) {
      if (await removeDead(path, content, holder, what, runner)) continue;
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

/** Removes the lock of a process that is gone; one that is held, by whomever, stays. */
export async function removeDeadLock(path: string, dependencies: FileLockDependencies): Promise<void> {
  const holder = await readLock(path);
  if (holder === undefined || (await dependencies.runner.isAlive(holder.owner))) return;
  const options = { purpose: 'tidying up', what: path, deadlineAt: 0 };
  await withFileLock(path, options, dependencies, async () => undefined).catch((error: unknown) => {
    if (!hasCode(error, 'vm.locked')) throw error;
  });
}

export async function readLock(path: string): Promise<LockContent | undefined> {
  try {
    return parseLock(readlinkSync(path));
  } catch (error) {
    if (isMissing(error)) return undefined;
    // Earlier versions made files of JSON.
    if ((error as NodeJS.ErrnoException).code === 'EINVAL')
      return JSON.parse(readFileSync(path, 'utf8')) as LockContent;
    throw error;
  }
}

/** False when another process is about to do it. */
async function removeDead(
  path: string,
  own: LockContent,
  dead: LockContent,
  what: string,
  runner: Pick<ProcessRunner, 'isAlive'>,
): Promise<boolean> {
  const claim = `${path}.takeover.${uniqueToken()}`;
  placed(own, claim, what);
  try {
    const rivals = readdirSync(dirname(path)).filter((name) => name.startsWith(`${basename(path)}.takeover.`));
    for (const name of rivals) {
      const file = join(dirname(path), name);
      if (file === claim) continue;
      const content = await readLock(file);
      if (content === undefined) continue;
      if (await runner.isAlive(content.owner)) return false;
      removed(file);
    }
    const now = await readLock(path);
    if (now !== undefined && sameOwner(now.owner, dead.owner)) removed(path);
    return true;
  } finally {
    removed(claim);
  }
}

const separator = '|';
/** What file systems (ext4, the strictest) keep of a link without a block of its own. */
const blocklessLength = 59;

function parseLock(text: string): LockContent {
  const [pid = '', startTime = '', bootId = '', ...purpose] = text.split(separator);
  return { owner: { pid: Number(pid), startTime, bootId }, purpose: purpose.join(separator) };
}

/** False when something is there already. Where there is no room for the purpose, as much of it as fits is told. */
function placed({ owner, purpose }: LockContent, path: string, what: string): boolean {
  const text = [owner.pid, owner.startTime, owner.bootId, purpose].join(separator);
  for (const target of [text, text.slice(0, blocklessLength)]) {
    try {
      symlinkSync(target, path);
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') return false;
      if (target === text && (code === 'ENOSPC' || code === 'EDQUOT')) continue;
      throw fileError(error, path, `locking ${what}`);
    }
  }
  return false;
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

/** Of locks in a directory: claims of processes that are gone, and dead locks of things that are not there. */
export async function staleLockFiles(
  directory: string,
  names: readonly string[],
  { runner }: Pick<FileLockDependencies, 'runner'>,
): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const name of names) {
    const parts = /^(.+)\.lock(\.takeover\.[0-9a-z]+)?$/.exec(name);
    if (!parts) continue;
    const [, guarded = '', claim] = parts;
    if (claim === undefined && (names.includes(guarded) || name.startsWith('.'))) continue;
    const path = join(directory, name);
    const content = await readLock(path);
    if (content && !(await runner.isAlive(content.owner))) stale.push(path);
  }
  return stale;
}
