import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';

/** What a signature is said to cover. A file of any size is read in pieces. */
export type SignedData =
  | { readonly bytes: Uint8Array }
  | { readonly path: string; readonly signal?: AbortSignal | undefined };

export function openData(data: SignedData): Readable {
  if ('bytes' in data) return Readable.from([data.bytes]);
  const { path, signal } = data;
  return createReadStream(path, { highWaterMark: 1024 * 1024, ...(signal === undefined ? {} : { signal }) });
}
