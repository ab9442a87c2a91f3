import type { Clock } from '../../core/ports/clock.ts';

/** Settles as the work does, or rejects with the reason of the signal as soon as it is aborted. */
export function orStopped<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/** undefined when it takes longer; no timer is left. */
export async function soon<T>(clock: Clock, work: Promise<T>, ms: number): Promise<T | undefined> {
  const settled = new AbortController();
  const late = clock.sleep(ms, settled.signal).then(
    () => undefined,
    () => undefined,
  );
  try {
    return await Promise.race([work, late]);
  } finally {
    settled.abort();
  }
}
