import { bugExitCode, errorKinds, guestCommandFailureExitCode } from '../core/errors/kinds.ts';
import { SysmonvmError } from '../core/errors/sysmonvm-error.ts';
import { documentSchemaVersion } from './output.ts';

/** JSON form of an error, on standard error. */
export function errorDocument(error: unknown) {
  if (error instanceof SysmonvmError) {
    const { code, kind, message, details, next } = error;
    return { schemaVersion: documentSchemaVersion, error: { code, kind, message, details, next } };
  }
  const message = error instanceof Error ? error.message : String(error);
  const stack = error instanceof Error ? error.stack : undefined;
  return {
    schemaVersion: documentSchemaVersion,
    error: { code: 'bug', kind: 'bug', message, details: { stack }, next: [] },
  };
}

/**
 * An interruption by a signal wins; then commands whose codes belong to the guest end with 255 for every failure of
 * ours; else the kind decides.
 */
export function exitCodeOf(
  error: unknown,
  context: { readonly guestExitCode: boolean; readonly interrupted: number | undefined },
): number {
  if (context.interrupted !== undefined) return context.interrupted;
  if (!(error instanceof SysmonvmError)) return context.guestExitCode ? guestCommandFailureExitCode : bugExitCode;
  return context.guestExitCode ? guestCommandFailureExitCode : errorKinds[error.kind].exitCode;
}
