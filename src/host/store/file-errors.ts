import { dirname } from 'node:path';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';

/** Turns errno of a write into an error a user can act on; anything else passes unchanged. */
export function fileError(error: unknown, path: string, doing: string): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new SysmonvmError('host.no-space', `no space left while ${doing}: ${path}`, {
      details: { path },
      next: ['sysmonvm df', 'sysmonvm vm-gc', 'sysmonvm vm-destroy NAME   # needs no free space'],
      cause: error,
    });
  }
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') {
    return new SysmonvmError('host.permission', `may not write while ${doing}: ${path}`, {
      details: { path, errno: code },
      next: [`ls -ld ${dirname(path)}`, 'sysmonvm --workspace DIR …'],
      cause: error,
    });
  }
  return error;
}

export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR');
}
