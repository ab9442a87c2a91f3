import { dirname } from 'node:path';
import { storageError } from '../disks/storage-errors.ts';
import type { Part } from './download-part.ts';

export interface ReceiveOptions {
  readonly path: string;
  /** In words, for a full disk. */
  readonly what: string;
  readonly total: number | undefined;
  /** Called before bytes beyond it are written. */
  readonly limitBytes: number;
  readonly onTooMany: () => never;
  readonly onBytes: (done: number) => void;
}

const blockBytes = 1024 * 1024;

/**
 * Writes a body behind what the part holds, digesting on the way. One block is filled and digested while the one before
 * is written. What came is on disk as well when the body breaks off, so that it can be continued.
 */
export async function receiveBody(
  { file, offset, hash }: Part,
  body: AsyncIterable<Buffer>,
  { path, what, total, limitBytes, onTooMany, onBytes }: ReceiveOptions,
): Promise<number> {
  const buffers = [Buffer.allocUnsafe(blockBytes), Buffer.allocUnsafe(blockBytes)] as const;
  let filling = 0;
  let filled = 0;
  let done = offset;
  let written = offset;
  let writing: Promise<void> = Promise.resolve();

  const writeAll = async (block: Buffer, position: number): Promise<void> => {
    for (let at = 0; at < block.length; ) {
      const { bytesWritten } = await file.write(block, at, block.length - at, position + at);
      at += bytesWritten;
    }
  };
  const flush = async (): Promise<void> => {
    await writing;
    if (filled === 0) return;
    const block = buffers[filling === 0 ? 0 : 1].subarray(0, filled);
    writing = writeAll(block, written);
    // Told when it is awaited.
    writing.catch(() => undefined);
    written += filled;
    hash.update(block);
    filling = 1 - filling;
    filled = 0;
  };
  const stored = async (work: () => Promise<unknown>): Promise<void> => {
    await work().catch(async (error: unknown) => {
      throw await storageError(error, {
        what,
        directory: dirname(path),
        ...(total === undefined ? {} : { neededBytes: total }),
      });
    });
  };
  const finish = (): Promise<void> =>
    stored(async () => {
      await flush();
      await writing;
    });

  try {
    for await (const chunk of body) {
      if (done + chunk.length > limitBytes) onTooMany();
      done += chunk.length;
      for (let at = 0; at < chunk.length; ) {
        const copied = chunk.copy(buffers[filling === 0 ? 0 : 1], filled, at);
        at += copied;
        filled += copied;
        if (filled === blockBytes) await stored(flush);
      }
      onBytes(done);
    }
  } catch (error) {
    await finish();
    throw error;
  }
  await finish();
  await stored(() => file.sync());
  return done;
}
