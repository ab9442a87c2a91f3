import type { ErrorCode } from '../../core/errors/codes.ts';
import { type ErrorOptions, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';

/** A try that came to nothing but may succeed when it is made again; never leaves this folder. */
export class BrokenTry extends Error {
  readonly error: SysmonvmError;
  readonly why: string;
  /** This host has no network: another try at once is of no use. */
  readonly away: boolean;
  readonly retryAfterSeconds: number | undefined;

  constructor(error: SysmonvmError, why: string, { away = false, retryAfterSeconds }: BrokenTryOptions = {}) {
    super(why, { cause: error });
    this.error = error;
    this.why = why;
    this.away = away;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

interface BrokenTryOptions {
  readonly away?: boolean;
  readonly retryAfterSeconds?: number | undefined;
}

interface Wanted {
  readonly id: string;
  readonly url: string;
  readonly digest: string;
}

const nextSteps = (id: string): readonly string[] => [
  `sysmonvm image pull ${id}`,
  'sysmonvm vm-create --image debian-12   # built on this host, no download',
];

export function downloadFailed({ id, url }: Pick<Wanted, 'id' | 'url'>, why: string, cause?: unknown): SysmonvmError {
  return new SysmonvmError('image.download-failed', `The image ${id} could not be downloaded from ${url}: ${why}.`, {
    details: { id, url, why },
    next: nextSteps(id),
    cause,
  });
}

export function notThere({ id, url }: Pick<Wanted, 'id' | 'url'>, statusCode: number): SysmonvmError {
  return new SysmonvmError(
    'image.not-found',
    `The image ${id} is not at ${url}: the server answered ${statusCode}. Dated images are removed after a while, and no other name is tried in its place.`,
    {
      details: { id, url, statusCode },
      next: [`sysmonvm image update ${id}`, 'sysmonvm vm-create --image debian-12   # built on this host, no download'],
    },
  );
}

/** The bytes are not those of the lock file. */
export function wrongBytes(
  code: 'image.digest-mismatch' | 'image.size-mismatch' | 'image.too-large',
  { id, url, digest }: Wanted,
  why: string,
  details: ErrorOptions['details'] = {},
): SysmonvmError {
  return new SysmonvmError(
    code,
    `What ${url} sent is not the image ${id} of the lock file (${digest}): ${why}. It was discarded.`,
    { details: { id, url, expected: digest, ...details }, next: nextSteps(id) },
  );
}

/** Unlike other wrong sizes this may be put right by going on. */
export function cutShort({ id, url, digest }: Wanted, cause: unknown): SysmonvmError {
  return new SysmonvmError(
    'image.size-mismatch',
    `The image ${id} was not sent to its end from ${url}: the connection was closed before. The next try goes on from there where the server can.`,
    { details: { id, url, expected: digest }, next: nextSteps(id), cause },
  );
}

export function imageOffline(id: string, why: string, options: ErrorOptions = {}): SysmonvmError {
  return new SysmonvmError('image.offline', `The image ${id} is not in the cache, and ${why}.`, {
    ...options,
    details: { id, ...options.details },
    next: [
      `sysmonvm image pull ${id}   # with network`,
      'sysmonvm vm-create --image debian-12   # built on this host, no download',
    ],
  });
}

/** What is told when mirrors failed in different ways: the gravest. */
const gravest: readonly ErrorCode[] = [
  'image.digest-mismatch',
  'image.size-mismatch',
  'image.too-large',
  'image.redirect-refused',
  'image.encoding-refused',
  'image.download-failed',
  'image.not-found',
];

/** All of them in one error; a single one is told as it is. */
export function everyMirrorFailed(id: string, failures: readonly (SysmonvmError | BrokenTry)[]): SysmonvmError {
  const errors = failures.map((failure) => (failure instanceof BrokenTry ? failure.error : failure));
  const [first] = errors;
  if (first === undefined) return downloadFailed({ id, url: '(nowhere)' }, 'the lock file names no address for it');
  if (failures.every((failure) => failure instanceof BrokenTry && failure.away)) {
    const why = failures.map((failure) => (failure instanceof BrokenTry ? failure.why : ''))[0] ?? '';
    return imageOffline(id, `there is no network: ${why}`, {
      details: { urls: errors.map(({ details }) => details['url']), why },
      cause: first,
    });
  }
  if (errors.length === 1) return first;
  const code = gravest.find((each) => errors.some((error) => error.code === each)) ?? first.code;
  const lines = errors.map(({ message }, index) => `\n  ${index + 1}. ${message}`);
  return new SysmonvmError(code, `None of ${errors.length} places gave the image ${id}:${lines.join('')}`, {
    details: { id, failures: errors.map((error) => ({ code: error.code, message: error.message, ...error.details })) },
    next: [...new Set(errors.flatMap(({ next }) => next))],
    cause: new AggregateError(errors, 'every mirror failed'),
  });
}
