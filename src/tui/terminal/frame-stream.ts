import { EventEmitter } from 'node:events';

/**
 * What ink takes for its terminal. In its debugging mode it hands out each frame whole and writes nothing else, and so
 * what stands on the real terminal is the painter's business alone.
 */
export function frameStream(
  size: () => { readonly columns: number; readonly rows: number },
  paint: (frame: string) => void,
): NodeJS.WriteStream {
  const stream = Object.assign(new EventEmitter(), {
    isTTY: false,
    write: (frame: string) => {
      paint(frame);
      return true;
    },
  });
  Object.defineProperty(stream, 'columns', { get: () => size().columns });
  Object.defineProperty(stream, 'rows', { get: () => size().rows });
  return stream as unknown as NodeJS.WriteStream;
}
