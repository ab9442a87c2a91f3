import type { ErrorCode } from '../../../core/errors/codes.ts';
import { fail } from '../../../core/errors/sysmonvm-error.ts';
import type { TrustedKey } from '../../../core/ports/signatures.ts';
import type { Refuse } from './armor.ts';

interface FailureOptions {
  readonly details?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** Shown without the machine's path: a key file is named relative to its lock file. */
const showKey = (key: TrustedKey): string => `gpg --show-keys --with-fingerprint ${key.key.file}`;
const checkClock = 'date -u   # is the clock of this host right?';

const steps: Partial<Record<ErrorCode, (key: TrustedKey) => readonly string[]>> = {
  'image.signature-time': () => [checkClock],
  'image.key-expired': (key) => [showKey(key), checkClock],
  'image.signature-bad': () => ['Try again in an hour: vendors upload a file and its signature one after the other'],
  'image.signature-missing': () => ['Look at the URL of the file in a browser'],
  'image.signature-type': () => ['Compare the URL of the signature with the entry in images.lock.json'],
  'image.clearsign-malformed': () => ['Keep the file and report it to the vendor: genuine ones have nothing around'],
  'image.too-large': () => ['Look at the URL of the file in a browser'],
};

/** Every failure names the key that was asked for. */
export function distrust(key: TrustedKey, code: ErrorCode, message: string, options: FailureOptions = {}): never {
  return fail(code, message, {
    details: {
      keyId: key.id,
      keyOrigin: key.origin,
      keyFile: key.key.file,
      fingerprint: key.key.fingerprint,
      ...options.details,
    },
    next: steps[code]?.(key) ?? [showKey(key)],
    ...(options.cause === undefined ? {} : { cause: options.cause }),
  });
}

/** For readers of a format: their complaint becomes the error `code`. */
export function refusing(key: TrustedKey, code: ErrorCode, what: string): Refuse {
  return (why) => distrust(key, code, `${what} is not accepted: ${why}`, { details: { reason: why } });
}

export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** RFC 3339; OpenPGP knows whole seconds. */
export function isoTime(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}
