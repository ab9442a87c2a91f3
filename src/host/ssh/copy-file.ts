import { randomBytes } from 'node:crypto';
import { posix } from 'node:path';
import type { FileTree, ReadableFile, WritableFile } from './file-tree.ts';

const blockBytes = 32 * 1024;
/** Requests on their way at once: hides the latency of an emulated guest; bounds the memory to 1 MiB a file. */
const blocksInFlight = 32;

export interface FileCopy {
  readonly source: FileTree;
  readonly destination: FileTree;
  readonly from: string;
  readonly to: string;
  readonly mode: number;
  readonly mtimeSeconds: number;
}

/** Writes beside the destination under a temporary name and renames, so that nobody ever sees half a file. */
export async function copyFile(copy: FileCopy, signal: AbortSignal, onBytes: (count: number) => void): Promise<void> {
  signal.throwIfAborted();
  const reader = await copy.source.openForReading(copy.from);
  try {
    const temporary = posix.join(posix.dirname(copy.to), `.sysmonvm-${randomBytes(6).toString('hex')}.part`);
    const writer = await copy.destination.createFile(temporary);
    try {
      await copyBlocks(reader, writer, signal, onBytes);
      await writer.finish(copy.mode, copy.mtimeSeconds);
      signal.throwIfAborted();
      await copy.destination.rename(temporary, copy.to);
    } catch (error) {
      await writer.close().catch(() => {});
      await copy.destination.remove(temporary).catch(() => {});
      throw error;
    }
  } finally {
    await reader.close().catch(() => {});
  }
}

async function copyBlocks(
  reader: ReadableFile,
  writer: WritableFile,
  signal: AbortSignal,
  onBytes: (count: number) => void,
): Promise<void> {
  let next = 0;
  let failed = false;
  const copyBlock = async (buffer: Buffer, position: number): Promise<number> => {
    const count = await reader.read(buffer, position);
    if (count > 0) await writer.write(buffer.subarray(0, count), position);
    onBytes(count);
    return count;
  };
  const work = async (): Promise<void> => {
    const buffer = Buffer.allocUnsafe(blockBytes);
    try {
      while (next < reader.size && !failed) {
        signal.throwIfAborted();
        const position = next;
        next += blockBytes;
        if ((await copyBlock(buffer, position)) < blockBytes) return;
      }
    } catch (error) {
      failed = true;
      throw error;
    }
  };
  const workers = Math.min(blocksInFlight, Math.ceil(reader.size / blockBytes));
  // Not Promise.all: a buffer must be at rest before the temporary file is removed.
  const results = await Promise.allSettled(Array.from({ length: workers }, work));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  await copyRest(reader, copyBlock, signal);
}

/** A file that grew, and files of /proc and /sys, whose size is 0. */
async function copyRest(
  reader: ReadableFile,
  copyBlock: (buffer: Buffer, position: number) => Promise<number>,
  signal: AbortSignal,
): Promise<void> {
  const buffer = Buffer.allocUnsafe(blockBytes);
  let position = reader.size;
  for (let count = -1; count !== 0; position += count) {
    signal.throwIfAborted();
    count = await copyBlock(buffer, position);
  }
}
