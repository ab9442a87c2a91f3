import { spawn } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { fail, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import { choosePackageManager, readOsRelease } from '../packages/package-choice.ts';
import { extraFolders, findProgram, missingToolSteps, searchFolders } from '../process/tool-search.ts';

type Compression = 'gz' | 'xz' | 'zst';

/** Absolute path of a program, or undefined. */
export type FindTool = (name: string) => Promise<string | undefined>;

export interface PackedFile {
  readonly id: string;
  readonly compression: Compression;
  readonly packedPath: string;
  readonly signal?: AbortSignal;
  /** By default in the usual folders. */
  readonly findTool?: FindTool | undefined;
}

/** What comes out of a packed file, as a stream. */
export interface UnpackSource {
  readonly output: Readable;
  /** @throws when the file turned out not to be sound */
  finished(): Promise<void>;
  stop(): void;
}

/** A bound on memory as well: a file may ask for gigabytes of window. */
const tools = {
  xz: { name: 'xz', args: ['-dc', '--memlimit-decompress=512MiB'] },
  zst: { name: 'zstd', args: ['-dcq', '--memory=512MB'] },
} as const;

export function openPacked(file: PackedFile): Promise<UnpackSource> | UnpackSource {
  return file.compression === 'gz' ? gunzip(file) : runTool(file, file.compression);
}

function gunzip(file: PackedFile): UnpackSource {
  const input = createReadStream(file.packedPath, { highWaterMark: 1024 * 1024 });
  const output = createGunzip({ chunkSize: 256 * 1024 });
  let failure: Error | undefined;
  output.on('error', (error) => {
    failure = error;
  });
  input.on('error', (error) => output.destroy(error)).pipe(output);
  const stop = (): void => {
    input.destroy();
    output.destroy();
  };
  file.signal?.addEventListener('abort', stop, { once: true });
  return {
    output,
    async finished() {
      if (failure !== undefined) throw unsound(file, failure.message, failure);
    },
    stop: () => {
      file.signal?.removeEventListener('abort', stop);
      stop();
    },
  };
}

async function runTool(file: PackedFile, compression: 'xz' | 'zst'): Promise<UnpackSource> {
  const { name, args } = tools[compression];
  const program = (await (file.findTool ?? findInFolders)(name)) ?? (await toolMissing(name, file.id));
  const packed = await open(file.packedPath, 'r');
  const child = spawn(program, args, {
    stdio: [packed.fd, 'pipe', 'pipe'],
    env: { PATH: folders.join(':'), LANG: 'C.UTF-8' },
    ...(file.signal === undefined ? {} : { signal: file.signal, killSignal: 'SIGKILL' as const }),
  });
  let words = '';
  child.stderr?.on('data', (chunk) => {
    words = `${words}${chunk}`.slice(-2000);
  });
  const ended = new Promise<number | null>((resolve) => {
    child.once('error', (error) => {
      words = `${words}${error.message}`;
    });
    child.once('close', resolve);
  });
  await packed.close();
  return {
    output: child.stdout as Readable,
    async finished() {
      const code = await ended;
      if (code !== 0) throw unsound(file, words.trim() === '' ? `${name} ended with ${code}` : words.trim());
    },
    stop: () => void child.kill('SIGKILL'),
  };
}

const folders = searchFolders(process.env['PATH'], extraFolders(process.platform));
const findInFolders: FindTool = (name) => findProgram(name, folders);

async function toolMissing(tool: string, id: string): Promise<never> {
  const context = await choosePackageManager(findInFolders, process.platform, await readOsRelease());
  const steps = missingToolSteps(tool, context);
  return fail(
    'host.tool-missing',
    `The image ${id} is packed, and ${tool}, which unpacks it, is not installed: ${steps[0]}`,
    { details: { tool, id, searched: [...folders] }, next: steps },
  );
}

function unsound({ id, packedPath, compression }: PackedFile, why: string, cause?: unknown): SysmonvmError {
  return new SysmonvmError(
    'image.unsafe-base',
    `The image ${id} cannot be unpacked: it is not a sound ${compression} file (${why}).`,
    { details: { id, path: packedPath, compression, why }, next: [`sysmonvm image show ${id}`], cause },
  );
}
