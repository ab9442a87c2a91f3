import { spawn } from 'node:child_process';
import { open } from 'node:fs/promises';
import type { StartDetached } from '../../core/ports/pool-store.ts';

/**
 * The program in a session of its own, without our terminal. The wait before it is a process that does nothing: the
 * first moments belong to whoever asked.
 */
export function createStartDetached(
  program: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): StartDetached {
  return async (args, { logPath, afterSeconds }) => {
    const log = await open(logPath, 'w', 0o600);
    try {
      const child = spawn(
        '/bin/sh',
        ['-c', 'sleep "$1"; shift; exec "$@"', 'sh', String(afterSeconds), ...program, ...args],
        { detached: true, stdio: ['ignore', log.fd, log.fd], cwd: '/', env },
      );
      child.once('error', () => undefined);
      child.unref();
    } finally {
      await log.close();
    }
  };
}
