import type { AgentLine } from './agent-line.ts';
import type { Outlet } from './outlet.ts';

const smallestChunk = 16 * 1024;
/** One answer of this length takes an emulated guest about 50 ms. */
const largestChunk = 256 * 1024;

interface Chunk {
  readonly count: number;
  readonly 'buf-b64': string;
}

/** A file in the guest that a command writes to, read as it grows. */
export interface OutputFile {
  /** One piece, given to the outlet; false when there was nothing. */
  take(): Promise<boolean>;
  /** Length, when the last piece did not reach the end; asking costs a question more. */
  behind(): Promise<number>;
  /** Empties the file. The caller has stopped who writes and taken everything. */
  truncate(): Promise<void>;
  close(): Promise<void>;
}

export async function openOutput(line: AgentLine, path: string, outlet: Outlet): Promise<OutputFile> {
  const handle = await line.ask<number>('guest-file-open', { path, mode: 'w+' });
  let offset = 0;
  let size = smallestChunk;
  let full = false;
  const seek = (to: number, whence: 'set' | 'end'): Promise<{ readonly position: number }> =>
    line.ask('guest-file-seek', { handle, offset: to, whence });
  return {
    take: async () => {
      const chunk = await line.ask<Chunk>('guest-file-read', { handle, count: size });
      offset += chunk.count;
      full = chunk.count === size;
      if (full) size = Math.min(size * 4, largestChunk);
      if (chunk.count === 0) return false;
      await outlet.write(Buffer.from(chunk['buf-b64'], 'base64'));
      return true;
    },
    behind: async () => {
      if (!full) return 0;
      const [end] = await Promise.all([seek(0, 'end'), seek(offset, 'set')]);
      return end.position;
    },
    truncate: async () => {
      const second = await line.ask<number>('guest-file-open', { path, mode: 'w' });
      await Promise.all([line.ask('guest-file-close', { handle: second }), seek(0, 'set')]);
      offset = 0;
      full = false;
    },
    close: async () => {
      await line.ask('guest-file-close', { handle });
    },
  };
}
