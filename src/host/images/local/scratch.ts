import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fail } from '../../../core/errors/sysmonvm-error.ts';
import { createProcessRunner } from '../../process/process-runner.ts';

/**
 * Removes a scratch directory. Files that mmdebstrap made in a user namespace belong to subordinate ids and can
 * only be removed from inside such a namespace. Runs on the way out of a cancelled build too, so without a signal.
 */
export const removeTree = async (path: string): Promise<void> => {
  await refuseMounts(path);
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (process.getuid?.() === 0) throw error;
    const args = ['--unshare-helper', 'rm', '-rf', '--one-file-system', path];
    await createProcessRunner().run('mmdebstrap', args, { acceptExitCodes: 'any' });
    await rm(path, { recursive: true, force: true });
  }
};

/**
 * A directory for one build. In a user namespace the files' owners are strangers to the user, who have to be able
 * to pass through every directory above (not to list them): where a home directory forbids that, the build happens
 * in the system's temporary directory.
 */
export const makeScratch = async (workDir: string, sharedWithNamespace: boolean): Promise<string> => {
  if (!sharedWithNamespace) return mkdtemp(join(workDir, 'local-image-'));
  await chmod(workDir, 0o711);
  const scratch = await mkdtemp(join((await passable(workDir)) ? workDir : tmpdir(), 'sysmonvm-local-image-'));
  await chmod(scratch, 0o711);
  return scratch;
};

const passable = async (path: string): Promise<boolean> => {
  const parent = dirname(resolve(path));
  if (((await stat(path)).mode & 0o001) === 0) return false;
  return parent === resolve(path) || passable(parent);
};

/** A build mounts only in namespaces of its own; were that ever untrue, removing would reach into the host's /dev. */
const refuseMounts = async (path: string): Promise<void> => {
  const mounts = (await readFile('/proc/self/mountinfo', 'utf8').catch(() => '')).split('\n');
  const inside = mounts
    .map((line) => line.split(' ')[4] ?? '')
    .filter((target) => target.startsWith(`${resolve(path)}/`));
  if (inside.length > 0)
    fail('image.build-failed', `${inside[0]} is still mounted, so ${path} is left as it is`, {
      details: { mounts: inside },
    });
};
