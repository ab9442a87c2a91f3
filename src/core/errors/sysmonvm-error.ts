import { type ErrorCode, errorCodes } from './codes.ts';
import type { ErrorKind } from './kinds.ts';

export interface ErrorOptions {
  /** Typed facts about the failure; printed by `--json` and by the support bundle. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** Commands (or short instructions) that can be pasted as they are. */
  readonly next?: readonly string[];
  readonly cause?: unknown;
}

/** The one error class: anything else that reaches the top is a bug and shows its stack. */
export class SysmonvmError extends Error {
  override readonly name = 'SysmonvmError';
  readonly code: ErrorCode;
  readonly kind: ErrorKind;
  readonly details: Readonly<Record<string, unknown>>;
  readonly next: readonly string[];

  constructor(code: ErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.kind = errorCodes[code].kind;
    this.details = options.details ?? {};
    this.next = options.next ?? [];
  }
}

export function fail(code: ErrorCode, message: string, options: ErrorOptions = {}): never {
  throw new SysmonvmError(code, message, options);
}

export function hasCode(error: unknown, ...codes: readonly ErrorCode[]): error is SysmonvmError {
  return error instanceof SysmonvmError && codes.includes(error.code);
}
