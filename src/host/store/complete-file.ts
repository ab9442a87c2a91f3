import { chmod, open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { uniqueToken } from '../../core/ids/unique-token.ts';

/**
 * Makes a file that appears complete or not at all: `write` fills a temporary file beside it, which is then synced
 * (unless it need not survive a power cut) and renamed.
 */
export async function completeFile(
  path: string,
  mode: number,
  write: (temporaryPath: string) => Promise<void>,
  { durable }: { readonly durable: boolean } = { durable: true },
): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.${uniqueToken()}.tmp`);
  try {
    await write(temporary);
    await chmod(temporary, mode);
    if (durable) await syncFile(temporary);
    await rename(temporary, path);
  } finally {
    await rm(temporary, { force: true });
  }
}

export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
