import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Clock } from '../../core/ports/clock.ts';
import type { ImageWork } from '../../core/ports/image-cache.ts';
import type { ProcessIdentity, ProcessRunner } from '../../core/ports/process-runner.ts';
import { fileError } from '../store/file-errors.ts';
import { withFileLock } from '../store/file-lock.ts';

export interface ImageLocksDependencies {
  readonly directory: string;
  readonly runner: Pick<ProcessRunner, 'identify' | 'isAlive'>;
  readonly clock: Clock;
}

export type WithImageLock = <T>(
  name: string,
  purpose: string,
  work: Pick<ImageWork, 'signal' | 'onProgress'> & {
    /** How far the other process has come; told from time to time. */
    readonly amount?: () => { readonly bytesDone?: number; readonly bytesTotal?: number };
  },
  action: () => Promise<T>,
) => Promise<T>;

const tellEveryMs = 500;

/**
 * One lock for each image between all processes of the user. Waiting has no end of its own, since the holder may be
 * downloading for an hour; the caller's signal ends it.
 */
export function createImageLocks({ directory, runner, clock }: ImageLocksDependencies): WithImageLock {
  return async (name, purpose, { signal, onProgress, amount }, action) => {
    await mkdir(directory, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw fileError(error, directory, 'making the directory of the image cache');
    });
    const path = join(directory, `${name.replaceAll(/[^\w.-]/g, '-')}.lock`);
    const what = `the image ${name}`;
    const waiting = new AbortController();
    const tell = async (holderPid: number): Promise<void> => {
      onProgress?.({ stage: 'waiting', holderPid, ...amount?.() });
      if (amount === undefined) return;
      await clock.sleep(tellEveryMs, waiting.signal);
      return tell(holderPid);
    };
    const options = {
      purpose,
      what,
      deadlineAt: Number.POSITIVE_INFINITY,
      // Ends with the wait.
      onWaiting: ({ pid }: ProcessIdentity) => void tell(pid).catch(() => undefined),
      ...(signal === undefined ? {} : { signal }),
    };
    try {
      return await withFileLock(path, options, { runner, clock }, () => {
        waiting.abort();
        return action();
      });
    } finally {
      waiting.abort();
    }
  };
}
