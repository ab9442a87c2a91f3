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
  work: Pick<ImageWork, 'signal' | 'onProgress'>,
  action: () => Promise<T>,
) => Promise<T>;

/**
 * One lock for each image between all processes of the user. Waiting has no end of its own, since the holder may be
 * downloading for an hour; the caller's signal ends it.
 */
export function createImageLocks({ directory, runner, clock }: ImageLocksDependencies): WithImageLock {
  return async (name, purpose, { signal, onProgress }, action) => {
    await mkdir(directory, { recursive: true, mode: 0o700 }).catch((error: unknown) => {
      throw fileError(error, directory, 'making the directory of the image cache');
    });
    const path = join(directory, `${name.replaceAll(/[^\w.-]/g, '-')}.lock`);
    const what = `the image ${name}`;
    const options = {
      purpose,
      what,
      deadlineAt: Number.POSITIVE_INFINITY,
      onWaiting: ({ pid }: ProcessIdentity) => onProgress?.({ stage: 'waiting', holderPid: pid }),
      ...(signal === undefined ? {} : { signal }),
    };
    return withFileLock(path, options, { runner, clock }, action);
  };
}
