import { SysmonvmError } from '../../src/core/errors/sysmonvm-error.ts';

/** The error of ours that it fails with; anything else is thrown on. */
export function failure(run: () => unknown): SysmonvmError {
  try {
    run();
  } catch (error) {
    if (error instanceof SysmonvmError) return error;
    throw error;
  }
  throw new Error('did not fail');
}
