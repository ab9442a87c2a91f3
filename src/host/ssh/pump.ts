import type { Readable } from 'node:stream';

export interface Pump {
  /** Resolves when the source ended and the sink took everything; rejects when the sink breaks. */
  readonly done: Promise<void>;
  /** Lets go of both; what still comes is thrown away so that the channel can close. */
  detach(): void;
}

export interface PumpFilter {
  push(chunk: Uint8Array): Uint8Array;
  rest(): Uint8Array;
}

const passThrough: PumpFilter = { push: (chunk) => chunk, rest: () => new Uint8Array(0) };

/**
 * Moves bytes as fast as the sink takes them and never ends the sink. Not `pipe`: that would leave the source paused
 * for ever when the sink closes early, and standard output must not be ended.
 */
export function pump(source: Readable, sink: NodeJS.WritableStream, filter: PumpFilter = passThrough): Pump {
  let detach = (): void => {};
  const done = new Promise<void>((resolve, reject) => {
    let written = false;

    const write = (bytes: Uint8Array): boolean => {
      if (bytes.length === 0) return true;
      written = true;
      return sink.write(bytes);
    };
    const onData = (chunk: Uint8Array): void => {
      if (write(filter.push(chunk))) return;
      source.pause();
      sink.once('drain', onDrain);
    };
    const onDrain = (): void => {
      source.resume();
    };
    const onEnd = (): void => {
      write(filter.rest());
      if (!written) finish();
      else sink.write('', () => finish());
    };
    const onSinkClose = (): void => finish(new Error('The reader of the output closed it.'));
    const onSinkError = (error: Error): void => finish(error);
    const finish = (error?: Error): void => {
      detach();
      if (error === undefined) resolve();
      else reject(error);
    };

    let attached = true;
    detach = () => {
      if (!attached) return;
      attached = false;
      source.removeListener('data', onData);
      source.removeListener('end', onEnd);
      sink.removeListener('drain', onDrain);
      sink.removeListener('close', onSinkClose);
      sink.removeListener('error', onSinkError);
      source.resume();
    };

    sink.on('error', onSinkError);
    sink.on('close', onSinkClose);
    source.on('end', onEnd);
    source.on('data', onData);
    if ('destroyed' in sink && sink.destroyed === true) onSinkClose();
  });
  // Whoever detaches no longer asks how it ended.
  done.catch(() => {});
  return { done, detach: () => detach() };
}

/** Gives standard input to a command; back-pressure is kept, its end is passed on, an error of it is reported. */
export function feed(
  stdin: NodeJS.ReadableStream | undefined,
  channel: NodeJS.WritableStream,
  onError: (error: Error) => void,
): () => void {
  if (stdin === undefined || ('readableEnded' in stdin && stdin.readableEnded === true)) {
    channel.end();
    return () => {};
  }
  stdin.on('error', onError);
  stdin.pipe(channel);
  return () => {
    stdin.removeListener('error', onError);
    stdin.unpipe(channel);
    stdin.pause();
  };
}
