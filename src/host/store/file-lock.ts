import { randomBytes } from 'node:crypto';
import { link, readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { ProcessIdentity, ProcessRunner } from '../../core/ports/process-runner.ts';

/**
 * A lock file holds the identity of its owner. It appears complete (written beside, then linked), so a reader never
 * sees half of it. The lock of a dead owner is taken over: it is renamed away first, and put back when the renamed
 * one turns out to be another, living one.
 */
export interface LockContent {
  readonly owner: ProcessIdentity;
  readonly purpose: string;
}

export interface FileLock {
  release(): Promise<void>;
}

export interface FileLockDependencies {
  readonly runner: Pick<ProcessRunner, 'identify' | 'isAlive'>;
  readonly clock: Clock;
}

const pollMs = 40;

export async function readLock(path: string): Promise<LockContent | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as LockContent;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

export async function acquireFileLock(
  path: string,
  options: {
    readonly purpose: string;
    readonly what: string;
    readonly deadlineAt: number;
    readonly signal?: AbortSignal;
  },
  { runner, clock }: FileLockDependencies,
): Promise<FileLock> {
  const owner = await runner.identify(process.pid);
  if (!owner) throw new Error('the identity of this process cannot be read');
  const mine = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`;
  await writeFile(mine, JSON.stringify({ owner, purpose: options.purpose } satisfies LockContent), { mode: 0o600 });
  try {
    for (;;) {
      if (await tryLink(mine, path)) return { release: () => releaseOwn(path, owner) };
      const holder = await readLock(path);
      if (!holder) continue;
      if (!(await runner.isAlive(holder.owner))) {
        await removeDead(path, holder);
        continue;
      }
      if (clock.now() >= options.deadlineAt) {
        fail('vm.locked', `${options.what} is held by process ${holder.owner.pid} (${holder.purpose})`, {
          details: { pid: holder.owner.pid, purpose: holder.purpose },
          next: [`ps -p ${holder.owner.pid}`],
        });
      }
      await clock.sleep(pollMs, options.signal);
    }
  } finally {
    await unlink(mine).catch(() => undefined);
  }
}

async function tryLink(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function removeDead(path: string, dead: LockContent): Promise<void> {
  const aside = `${path}.dead.${randomBytes(6).toString('hex')}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (isCode(error, 'ENOENT')) return;
    throw error;
  }
  const moved = await readLock(aside);
  if (moved && !sameOwner(moved.owner, dead.owner)) await tryLink(aside, path);
  await unlink(aside).catch(() => undefined);
}

async function releaseOwn(path: string, owner: ProcessIdentity): Promise<void> {
  const current = await readLock(path);
  if (current && sameOwner(current.owner, owner)) await unlink(path).catch(() => undefined);
}

function sameOwner(a: ProcessIdentity, b: ProcessIdentity): boolean {
  return a.pid === b.pid && a.startTime === b.startTime && a.bootId === b.bootId;
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
