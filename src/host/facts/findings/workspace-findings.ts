import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Finding } from '../../../core/engine.ts';
import { quoteForShell } from '../../../core/ssh/shell-quoting.ts';
import { ok, problem, sizeText, warning } from './finding-text.ts';

const GIB = 1024 ** 3;

/** Both look at the nearest parent that exists: a workspace is made when it is first needed. */
export async function workspaceFindings(directory: string): Promise<readonly Finding[]> {
  const existing = await nearestExisting(resolve(directory));
  return Promise.all([space(existing), writable(directory, existing)]);
}

async function nearestExisting(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  return found !== undefined || dirname(path) === path ? path : nearestExisting(dirname(path));
}

async function space(existing: string): Promise<Finding> {
  const id = 'disk-space';
  const free = await statfs(existing).then(
    ({ bavail, bsize }) => bavail * bsize,
    (error: unknown) => error as NodeJS.ErrnoException,
  );
  if (typeof free !== 'number')
    return warning(
      id,
      `the free space at ${existing} cannot be told: ${free.message}`,
      `df -h ${quoteForShell(existing)}`,
    );
  const summary = `${sizeText(free)} free at ${existing}`;
  const remedy = 'sysmonvm df   # shows what we hold; sysmonvm vm-gc frees what is not used';
  if (free < 2 * GIB) return problem(id, `${summary}; an image and a VM need 2 GiB at least`, remedy);
  if (free < 10 * GIB) return warning(id, `${summary}; disks grow with use, 10 GiB is comfortable`, remedy);
  return ok(id, summary);
}

/** Asked of the kernel, so that a read-only file system answers root as well. */
async function writable(directory: string, existing: string): Promise<Finding> {
  const id = 'workspace';
  const refused = await access(existing, constants.W_OK | constants.X_OK).then(
    () => undefined,
    (error: unknown) => error as NodeJS.ErrnoException,
  );
  const other = 'sysmonvm --workspace DIR   # or SYSMONVM_WORKSPACE=DIR: a directory of yours';
  const found = await stat(existing).catch(() => undefined);
  if (found?.isDirectory() === false) return problem(id, `${existing} is not a directory`, other);
  if (refused?.code === 'EROFS') return problem(id, `${existing} is on a read-only file system`, other);
  if (refused !== undefined) return problem(id, `${existing} may not be written by this user (${refused.code})`, other);
  return ok(id, existing === resolve(directory) ? `${directory} is writable` : `${directory} can be made`);
}
