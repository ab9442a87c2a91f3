import { Readable } from 'node:stream';
import type { CommandInput, ReadCommandInput } from '../../core/ports/command-input.ts';

/** Reads a stream to its end, unless it is too long, takes too long, or is a terminal, where nobody may ever end it. */
export const readCommandInput: ReadCommandInput = (stdin, { limitBytes, withinMs, signal }) => {
  if (stdin === undefined || ('readableEnded' in stdin && stdin.readableEnded === true))
    return Promise.resolve(whole(Buffer.alloc(0)));
  if ('isTTY' in stdin && stdin.isTTY === true)
    return Promise.resolve({ kind: 'endless', why: 'is a terminal', tooLong: false });
  return new Promise<CommandInput>((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const timer = Number.isFinite(withinMs) ? setTimeout(() => giveBack('is still open', false), withinMs) : undefined;
    const leave = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', onAbort);
      stdin.removeListener('data', onData);
      stdin.removeListener('end', onEnd);
      stdin.removeListener('error', onError);
    };
    const giveBack = (why: string, tooLong: boolean): void => {
      leave();
      stdin.pause();
      if (bytes > 0) stdin.unshift(Buffer.concat(chunks));
      resolve({ kind: 'endless', why, tooLong });
    };
    const onData = (chunk: Buffer | string): void => {
      const piece = typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
      chunks.push(piece);
      bytes += piece.length;
      if (bytes > limitBytes) giveBack(`is longer than ${limitBytes / 1024 / 1024} MiB`, true);
    };
    const onEnd = (): void => {
      leave();
      resolve(whole(Buffer.concat(chunks)));
    };
    const onError = (error: Error): void => {
      leave();
      reject(error);
    };
    const onAbort = (): void => {
      leave();
      stdin.pause();
      reject(signal.reason);
    };
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    stdin.on('end', onEnd);
    stdin.on('error', onError);
    stdin.on('data', onData);
  });
};

function whole(data: Buffer): CommandInput {
  return { kind: 'whole', data, stream: () => Readable.from(data.length === 0 ? [] : [data], { objectMode: false }) };
}
