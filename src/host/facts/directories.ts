import { chmod, lstat, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { type DirectoryPlaces, directoryPlaces, runtimeCandidates } from '../../core/facts/directory-places.ts';

export interface DefaultDirectories extends DirectoryPlaces {
  /** Short, mode 0700, owned by this user; made when it is not there. For sockets. */
  readonly runtime: string;
}

/** Reads and makes nothing but the runtime directory. @throws host.permission when that one belongs to someone else. */
export async function defaultDirectories(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
  home: string,
  userId = process.getuid?.() ?? 0,
): Promise<DefaultDirectories> {
  const family = platform === 'darwin' ? 'darwin' : 'linux';
  return {
    ...directoryPlaces(env, family, home),
    runtime: await firstUsable(runtimeCandidates(env, family, userId), userId),
  };
}

async function firstUsable(candidates: readonly string[], userId: number): Promise<string> {
  const last = candidates.at(-1);
  for (const candidate of candidates) {
    // XDG_RUNTIME_DIR may name a directory that is gone (after su) or another user's; then /tmp serves.
    if (candidate !== last && !(await isOwnDirectory(dirname(candidate), userId))) continue;
    return privateDirectory(candidate, userId);
  }
  return fail('host.unsupported', 'no place for sockets was found');
}

async function isOwnDirectory(path: string, userId: number): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isDirectory() === true && found.uid === userId;
}

/** Anyone may put something at a name in /tmp, so what is there is looked at before it is trusted. */
export async function privateDirectory(path: string, userId: number): Promise<string> {
  try {
    await mkdir(path, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      fail('host.permission', `the directory for sockets, ${path}, cannot be made: ${(error as Error).message}`, {
        next: ['Set XDG_RUNTIME_DIR to a directory of yours.'],
        cause: error,
      });
    }
  }
  const found = await lstat(path);
  const refuse = (why: string): never =>
    fail('host.permission', `${path} is ${why}, so no socket is put there`, {
      details: { path, uid: found.uid, expectedUid: userId },
      next: [`ls -ld ${path}`, 'Remove it, or set XDG_RUNTIME_DIR to a directory of yours.'],
    });
  if (found.isSymbolicLink()) refuse('a symbolic link');
  if (!found.isDirectory()) refuse('not a directory');
  if (found.uid !== userId) refuse(`owned by another user (${found.uid})`);
  if ((found.mode & 0o077) !== 0) await chmod(path, 0o700);
  return path;
}
