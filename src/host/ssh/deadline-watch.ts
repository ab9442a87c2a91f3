import type { Deadline } from '../../core/deadline.ts';

/** One signal for both ways in which waiting ends: the time of a deadline, or its own signal. */
export interface DeadlineWatch {
  readonly signal: AbortSignal;
  /** The time passed; false while running and when somebody cancelled. */
  readonly passed: () => boolean;
  readonly startedAt: number;
  dispose(): void;
}

const longestTimerMs = 2 ** 31 - 1;

export function watchDeadline(deadline: Deadline): DeadlineWatch {
  const controller = new AbortController();
  const startedAt = Date.now();
  let passed = false;
  let timer: NodeJS.Timeout | undefined;

  const onAbort = (): void => controller.abort(deadline.signal.reason);
  const arm = (): void => {
    const left = deadline.at - Date.now();
    if (left <= 0) {
      passed = true;
      controller.abort(new Error('deadline'));
    } else if (left !== Number.POSITIVE_INFINITY) {
      timer = setTimeout(arm, Math.min(left, longestTimerMs));
    }
  };

  if (deadline.signal.aborted) onAbort();
  else {
    deadline.signal.addEventListener('abort', onAbort, { once: true });
    arm();
  }
  return {
    signal: controller.signal,
    passed: () => passed,
    startedAt,
    dispose: () => {
      clearTimeout(timer);
      deadline.signal.removeEventListener('abort', onAbort);
    },
  };
}

/** Settles as the work does, or rejects with the reason of the signal as soon as it is aborted. */
export function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

export function secondsSince(startedAt: number): string {
  return `${((Date.now() - startedAt) / 1000).toFixed(1)} s`;
}
