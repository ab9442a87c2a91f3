import { lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { appendFile, copyFile, mkdir, open, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { TextFiles } from '../../core/ports/text-files.ts';
import { completeFile } from './complete-file.ts';
import { fileError, isMissing } from './file-errors.ts';

const tailWindowBytes = 64 * 1024;

/**
 * Small files are read and looked at without the thread pool: a list of VMs asks for hundreds, at microseconds each.
 */
export function createTextFiles(clock: Clock): TextFiles {
  return {
    async read(path) {
      try {
        return readFileSync(path, 'utf8');
      } catch (error) {
        if (isMissing(error)) return undefined;
        throw fileError(error, path, 'reading');
      }
    },
    async write(path, content, mode = 0o644, options = { durable: true }) {
      const fill = (temporary: string) => writeFile(temporary, content, { mode, flag: 'wx' });
      await completeFile(path, mode, fill, options).catch((error: unknown) => {
        throw fileError(error, path, 'writing');
      });
    },
    async makeDirectory(path, mode = 0o755) {
      await makeWithParents(path, mode).catch((error: unknown) => {
        if (!isMissing(error)) throw fileError(error, path, 'making a directory');
        const next = ['Name a directory below one that you may write into.'];
        throw new SysmonvmError('host.permission', `no directory can be made at ${path}`, {
          details: { path },
          next,
          cause: error,
        });
      });
    },
    async remove(path) {
      await rm(path, { recursive: true, force: true }).catch((error: unknown) => {
        throw fileError(error, path, 'removing');
      });
    },
    exists: async (path) => sizeOf(path) !== undefined,
    usage: async (path) => usage(path),
    tail,
    size: async (path) => sizeOf(path) ?? 0,
    async names(directory) {
      try {
        return readdirSync(directory).sort();
      } catch (error) {
        if (isMissing(error)) return [];
        throw fileError(error, directory, 'reading');
      }
    },
    async copy(from, to) {
      if (sizeOf(from) === undefined) return false;
      const fill = (temporary: string) => copyFile(from, temporary);
      await completeFile(to, 0o644, fill, { durable: false }).catch((error: unknown) => {
        throw fileError(error, to, 'writing');
      });
      return true;
    },
    async append(path, content) {
      await appendFile(path, content).catch((error: unknown) => {
        throw fileError(error, path, 'writing');
      });
    },
    follow: (path, options) => follow(path, options, clock),
  };
}

/** The `recursive` of Node 20 never ends in a place like /proc, where nothing can be made and nothing is refused. */
async function makeWithParents(path: string, mode: number): Promise<void> {
  const missing: string[] = [];
  for (let at = resolve(path); sizeOf(at) === undefined; at = dirname(at)) missing.push(at);
  for (const directory of missing.reverse()) {
    await mkdir(directory, { mode }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  if (missing.length === 0 && !statSync(path).isDirectory())
    throw Object.assign(new Error(`ENOTDIR: not a directory, mkdir '${path}'`), { code: 'ENOTDIR' });
}

function sizeOf(path: string): number | undefined {
  try {
    return statSync(path).size;
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Links are not followed; what vanishes or may not be read meanwhile counts for nothing. */
function usage(path: string): number {
  try {
    const info = lstatSync(path);
    if (!info.isDirectory()) return info.blocks * 512;
    let total = info.blocks * 512;
    for (const name of readdirSync(path)) total += usage(join(path, name));
    return total;
  } catch (error) {
    if (isMissing(error) || (error as NodeJS.ErrnoException).code === 'EACCES') return 0;
    throw error;
  }
}

async function tail(path: string, lines: number): Promise<readonly string[]> {
  const size = sizeOf(path);
  if (!size) return [];
  const file = await open(path, 'r');
  try {
    for (let window = tailWindowBytes; ; window *= 4) {
      const start = Math.max(0, size - window);
      const buffer = Buffer.alloc(size - start);
      const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
      const all = buffer.toString('utf8', 0, bytesRead).split('\n');
      if (all.at(-1) === '') all.pop();
      // The first line of a window may be cut.
      if (start === 0 || all.length > lines) return all.slice(-lines);
    }
  } finally {
    await file.close();
  }
}

async function* follow(
  path: string,
  { from, intervalMs, signal, untilRemoved = false }: Parameters<TextFiles['follow']>[1],
  clock: Clock,
): AsyncIterable<string> {
  const decoder = new TextDecoder();
  const buffer = Buffer.alloc(64 * 1024);
  let offset = from;
  let existed = false;
  while (!signal.aborted) {
    const found = sizeOf(path);
    if (found === undefined && existed && untilRemoved) return;
    existed ||= found !== undefined;
    const size = found ?? 0;
    if (size < offset) offset = 0;
    if (size > offset) {
      const file = await open(path, 'r');
      try {
        const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
        offset += bytesRead;
        if (bytesRead > 0) {
          yield decoder.decode(buffer.subarray(0, bytesRead), { stream: true });
          continue;
        }
      } finally {
        await file.close();
      }
    }
    await clock.sleep(intervalMs, signal).catch(() => undefined);
  }
}
