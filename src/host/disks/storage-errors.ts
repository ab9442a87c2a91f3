import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import { freeBytes } from './free-bytes.ts';

export interface StorageContext {
  /** What was being written, in words: "the overlay of the VM". */
  readonly what: string;
  readonly directory: string;
  /** Unknown stays undefined. */
  readonly neededBytes?: number;
}

const noSpace = /no space left on device|disk quota exceeded|not enough space/i;
const denied = /permission denied|operation not permitted|read-only file system/i;

/** Names the place and what it lacks when words or errno of a failed write say so; any other error passes unchanged. */
export async function storageError(error: unknown, context: StorageContext, words = ''): Promise<unknown> {
  const errno = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (['ENOSPC', 'EDQUOT'].includes(errno) || noSpace.test(words)) return noSpaceError(error, context);
  if (['EACCES', 'EPERM', 'EROFS'].includes(errno) || denied.test(words)) {
    return new SysmonvmError(
      'host.permission',
      `${context.what} cannot be written in ${context.directory}: ${words.trim() || errno}`,
      {
        details: { directory: context.directory, errno },
        next: [`ls -ld ${context.directory}`],
        cause: error,
      },
    );
  }
  return error;
}

export async function noSpaceError(
  cause: unknown,
  { what, directory, neededBytes }: StorageContext,
): Promise<SysmonvmError> {
  const free = await freeBytes(directory).catch(() => undefined);
  const needs = neededBytes === undefined ? '' : ` ${what} needs ${mib(neededBytes)}`;
  const left = free === undefined ? '' : `${needs === '' ? ' ' : ', '}${mib(free)} are free`;
  return new SysmonvmError(
    'host.no-space',
    `There is no room for ${what} in ${directory}.${needs}${left}${needs + left === '' ? '' : '.'}`,
    {
      details: { directory, neededBytes, freeBytes: free },
      next: ['sysmonvm df', 'sysmonvm vm-gc --dry-run', `df -h ${directory}`],
      cause,
    },
  );
}

function mib(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}
