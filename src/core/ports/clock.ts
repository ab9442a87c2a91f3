export interface Clock {
  /** Epoch milliseconds. */
  now(): number;
  /** Rejects with the reason of the signal when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
