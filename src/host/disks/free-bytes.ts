import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Free for this user in the file system of a directory, or of the nearest parent that exists. */
export async function freeBytes(directory: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch (error) {
    const parent = dirname(directory);
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === directory) throw error;
    return freeBytes(parent);
  }
}
