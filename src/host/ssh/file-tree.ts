import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';

export interface FileFacts {
  readonly kind: 'file' | 'directory' | 'link' | 'other';
  readonly mode: number;
  readonly size: number;
  readonly mtimeSeconds: number;
}

export interface ReadableFile {
  readonly size: number;
  /** Fills the buffer from the position on; fewer bytes only at the end of the file. */
  read(buffer: Buffer, position: number): Promise<number>;
  close(): Promise<void>;
}

export interface WritableFile {
  write(bytes: Buffer, position: number): Promise<void>;
  /** Sets mode and time, and closes. */
  finish(mode: number, mtimeSeconds: number): Promise<void>;
  close(): Promise<void>;
}

/** The files of one side: this host's, or the guest's through SFTP. Paths are POSIX; every error is copy.failed. */
export interface FileTree {
  /** undefined when nothing is there. */
  describe(path: string, followLink: boolean): Promise<FileFacts | undefined>;
  list(path: string): Promise<readonly { readonly name: string; readonly facts: FileFacts }[]>;
  readLink(path: string): Promise<string>;
  realPath(path: string): Promise<string>;
  openForReading(path: string): Promise<ReadableFile>;
  /** A new file, mode 0600; it is an error when it exists. */
  createFile(path: string): Promise<WritableFile>;
  makeDirectory(path: string, mode: number): Promise<void>;
  makeLink(target: string, path: string): Promise<void>;
  setAttributes(path: string, mode: number, mtimeSeconds: number): Promise<void>;
  /** Replaces what is there, a directory excepted. */
  rename(from: string, to: string): Promise<void>;
  remove(path: string): Promise<void>;
}

export type Side = 'in the guest' | 'on this host';

export function copyFailed(path: string, side: Side, what: string, cause?: unknown): SysmonvmError {
  const reason = cause === undefined ? '' : `: ${cause instanceof Error ? cause.message : String(cause)}`;
  return new SysmonvmError('copy.failed', `${JSON.stringify(path)} ${side}: ${what}${reason}`, {
    details: { path, side },
    cause,
  });
}

export async function attempt<T>(path: string, side: Side, what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof SysmonvmError ? error : copyFailed(path, side, what, error);
  }
}

const typeMask = 0o170000;

export function kindOfMode(mode: number): FileFacts['kind'] {
  const type = mode & typeMask;
  if (type === 0o100000) return 'file';
  if (type === 0o040000) return 'directory';
  return type === 0o120000 ? 'link' : 'other';
}
