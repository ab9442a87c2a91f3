/** A stream of the caller: takes bytes at its own pace, and tells when its reader is gone. */
export interface Outlet {
  /** Resolves when the stream wants more. Rejects when it breaks or the signal is aborted. */
  write(bytes: Uint8Array): Promise<void>;
  /** Everything was taken. */
  flush(): Promise<void>;
  detach(): void;
}

export function outletOf(sink: NodeJS.WritableStream, signal: AbortSignal, onBroken: (error: Error) => void): Outlet {
  let written = false;
  const onClose = (): void => onBroken(new Error('The reader of the output closed it.'));
  sink.on('error', onBroken);
  sink.on('close', onClose);
  if ('destroyed' in sink && sink.destroyed === true) onClose();

  const until = (begin: (done: () => void) => void): Promise<void> =>
    new Promise((resolve, reject) => {
      const onAbort = (): void => reject(signal.reason);
      if (signal.aborted) return onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      begin(() => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      });
    });
  return {
    write: (bytes) => {
      written = true;
      return until((done) => {
        if (sink.write(bytes)) done();
        else sink.once('drain', done);
      });
    },
    flush: () => (written ? until((done) => void sink.write('', () => done())) : Promise.resolve()),
    detach: () => {
      sink.removeListener('error', onBroken);
      sink.removeListener('close', onClose);
    },
  };
}
