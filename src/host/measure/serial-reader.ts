/**
 * The host's end of a guest's serial port. QEMU connects to our socket before the guest runs; each chunk is stamped when
 * it is received, before anything is done with it. Beside the log, which QEMU writes itself, lies an index of the lines:
 *
 *   line,at_ms,offset
 *   1,812.406,0            line 1 begins at byte 0, and its last byte was received 812.406 ms after the start
 *
 * What cannot be written yet makes us read no further: QEMU then waits with the guest's serial port, and nothing is lost
 * and nothing piles up.
 */
import { createWriteStream } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { finished } from 'node:stream/promises';
import { StringDecoder } from 'node:string_decoder';

export interface SerialReader {
  type(text: string): void;
  /** Everything that QEMU sent has been handed on and the index is complete. */
  close(): Promise<void>;
}

interface SerialOptions {
  readonly socket: string;
  readonly timesPath: string;
  readonly elapsedMs: () => number;
  readonly onChunk: (text: string, atMs: number) => void;
}

const lineFeed = 10;

export async function listenForSerial({ socket, timesPath, elapsedMs, onChunk }: SerialOptions): Promise<SerialReader> {
  const index = createWriteStream(timesPath, { mode: 0o644 });
  index.on('error', () => undefined);
  index.write('line,at_ms,offset\n');
  const decoder = new StringDecoder('utf8');
  let guest: Socket | undefined;
  let typedBefore = '';
  let offset = 0;
  let line = 1;
  let lineStart = 0;
  let lastAt = 0;

  function receive(chunk: Buffer, from: Socket): void {
    const atMs = elapsedMs();
    lastAt = atMs;
    const at = atMs.toFixed(3);
    let rows = '';
    for (let end = chunk.indexOf(lineFeed); end >= 0; end = chunk.indexOf(lineFeed, end + 1)) {
      rows += `${line},${at},${lineStart}\n`;
      line += 1;
      lineStart = offset + end + 1;
    }
    offset += chunk.length;
    if (rows !== '' && !index.write(rows)) {
      from.pause();
      index.once('drain', () => from.resume());
    }
    onChunk(decoder.write(chunk), atMs);
  }

  let tellClosed = (): void => undefined;
  const closed = new Promise<void>((resolve) => {
    tellClosed = resolve;
  });
  const server: Server = createServer((connection) => {
    if (guest !== undefined) {
      connection.destroy();
      return;
    }
    guest = connection;
    server.close();
    connection.on('error', () => undefined);
    connection.on('data', (chunk: Buffer) => receive(chunk, connection));
    connection.once('close', tellClosed);
    if (typedBefore !== '') connection.write(typedBefore);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(socket, resolve);
  });

  return {
    type(text) {
      if (guest === undefined) typedBefore += text;
      else guest.write(text);
    },
    async close() {
      server.close();
      // QEMU has ended, so the rest is in the socket's buffer and its end behind it.
      if (guest !== undefined && !guest.destroyed) await closed;
      if (offset > lineStart) index.write(`${line},${lastAt.toFixed(3)},${lineStart}\n`);
      index.end();
      await finished(index).catch(() => undefined);
    },
  };
}
