import { execa } from 'execa';

export interface UntilOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
  /** Called with all of standard output so far. */
  readonly until: (stdout: string) => boolean;
}

export interface UntilResult {
  readonly matched: boolean;
  readonly timedOut: boolean;
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const keptOutput = 256 * 1024;

/**
 * Runs a program until it has printed what is waited for, ended, or the time is over; it is killed (KILL, at once) in
 * the first and the last case. For programs that hold nothing worth a graceful end.
 */
export async function runUntil(path: string, args: readonly string[], options: UntilOptions): Promise<UntilResult> {
  options.signal?.throwIfAborted();
  const child = execa(path, args, {
    reject: false,
    stdin: 'ignore',
    extendEnv: false,
    env: options.env,
    buffer: false,
    timeout: options.timeoutMs,
    killSignal: 'SIGKILL',
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  let stdout = '';
  let stderr = '';
  let matched = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout = (stdout + text).slice(-keptOutput);
    if (matched || !options.until(stdout)) return;
    matched = true;
    child.kill('SIGKILL');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    // The first words say why it went wrong, so they are the ones kept.
    stderr = (stderr + text).slice(0, keptOutput);
  });
  const result = await child;
  if (!matched) options.signal?.throwIfAborted();
  const notStarted = result.failed && result.exitCode === undefined && result.signal === undefined;
  return {
    matched,
    timedOut: result.timedOut && !matched,
    exitCode: result.exitCode,
    signal: result.signal,
    stdout,
    stderr: notStarted ? `${path} could not be started: ${result.shortMessage ?? 'unknown reason'}` : stderr,
  };
}
