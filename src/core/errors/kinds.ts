/**
 * What kind of failure an error is. The kind chooses the exit code and, later, the HTTP status; the table is the
 * only place where that choice is made.
 */
export const errorKinds = {
  negative: { exitCode: 1, status: 422, title: 'The answer is no' },
  usage: { exitCode: 2, status: 400, title: 'The request cannot be understood' },
  config: { exitCode: 3, status: 400, title: 'A configuration or lock file is invalid' },
  host: { exitCode: 4, status: 503, title: 'The host is not able' },
  image: { exitCode: 5, status: 502, title: 'The image is not obtainable or not trusted' },
  guest: { exitCode: 6, status: 502, title: 'The guest failed' },
  deadline: { exitCode: 7, status: 504, title: 'A deadline passed' },
  daemon: { exitCode: 8, status: 503, title: 'The daemon is unreachable or of another version' },
  refused: { exitCode: 9, status: 409, title: 'No such thing, name taken, or refused in this state' },
  inconclusive: { exitCode: 10, status: 422, title: 'The verdict is inconclusive' },
  interrupted: { exitCode: 130, status: 499, title: 'Interrupted' },
} as const;

export type ErrorKind = keyof typeof errorKinds;

export interface CodeEntry {
  readonly kind: ErrorKind;
  readonly cause: string;
  readonly remedy: string;
}

/** Exit code of a bug: an exception that is not one of ours. */
export const bugExitCode = 70;
/** Exit code of every failure of ours in `exec`, `ssh -- cmd` and `run`, whose other codes belong to the guest. */
export const guestCommandFailureExitCode = 255;
