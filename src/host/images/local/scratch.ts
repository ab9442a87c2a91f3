import { rm } from 'node:fs/promises';
import { createProcessRunner } from '../../process/process-runner.ts';

/**
 * Removes a scratch directory. Files that mmdebstrap made in a user namespace belong to subordinate ids and can
 * only be removed from inside such a namespace. Runs on the way out of a cancelled build too, so without a signal.
 */
export const removeTree = async (path: string): Promise<void> => {
  try {
    await rm(path, { recursive: true, force: true });
  } catch (error) {
    if (process.getuid?.() === 0) throw error;
    const args = ['--unshare-helper', 'rm', '-rf', '--one-file-system', path];
    await createProcessRunner().run('mmdebstrap', args, { acceptExitCodes: 'any' });
    await rm(path, { recursive: true, force: true });
  }
};
