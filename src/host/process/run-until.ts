/**
 * Runs a program until it has printed what is waited for, ended, or the time is over, and kills it (KILL) in the first
 * and the last case. For programs that hold nothing worth a graceful end.
 *
 *   we ──pipe──> sh ──> program
 *                 └──> reader of the pipe: at its end it kills the program
 *
 * The pipe ends when we want it to, and also when we are killed ourselves: a guest that hangs is left by nobody.
 */
import { constants } from 'node:os';
import { execa } from 'execa';
import { watchdogScript } from './watchdog-script.ts';

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
  /** undefined when a signal ended it. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const keptOutput = 256 * 1024;
export async function runUntil(path: string, args: readonly string[], options: UntilOptions): Promise<UntilResult> {
  options.signal?.throwIfAborted();
  const child = execa('/bin/sh', ['-c', watchdogScript, 'sysmonvm-watchdog', path, ...args], {
    reject: false,
    stdin: 'pipe',
    extendEnv: false,
    env: options.env,
    buffer: false,
  });
  let stdout = '';
  let stderr = '';
  const outcome: { is: 'running' | 'matched' | 'timedOut' | 'cancelled' } = { is: 'running' };
  const end = (why: 'matched' | 'timedOut' | 'cancelled'): void => {
    if (outcome.is !== 'running') return;
    outcome.is = why;
    child.stdin.destroy();
  };
  // Written by nobody; the program may be gone before we close it.
  child.stdin.on('error', () => undefined);
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout = (stdout + text).slice(-keptOutput);
    if (options.until(stdout)) end('matched');
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    // The first words say why it went wrong, so they are the ones kept.
    stderr = (stderr + text).slice(0, keptOutput);
  });
  // What the program started may still hold its output open.
  child.once('exit', () => setImmediate(() => closeSoon(child.stdout, child.stderr)));
  const timer = setTimeout(() => end('timedOut'), options.timeoutMs);
  const cancel = (): void => end('cancelled');
  options.signal?.addEventListener('abort', cancel, { once: true });
  try {
    const result = await child;
    if (outcome.is === 'cancelled') options.signal?.throwIfAborted();
    const signal = result.signal ?? signalOfCode(result.exitCode);
    return {
      matched: outcome.is === 'matched',
      timedOut: outcome.is === 'timedOut',
      exitCode: signal === undefined ? result.exitCode : undefined,
      signal,
      stdout,
      stderr,
    };
  } finally {
    clearTimeout(timer);
    options.signal?.removeEventListener('abort', cancel);
  }
}

/** Gives what is in the pipes a moment to arrive. */
function closeSoon(...streams: readonly NodeJS.ReadableStream[]): void {
  const timer = setTimeout(() => {
    for (const stream of streams) if ('destroy' in stream && typeof stream.destroy === 'function') stream.destroy();
  }, 100);
  timer.unref();
}

/** A shell ends with 128+N when signal N ended what it waited for. */
function signalOfCode(code: number | undefined): string | undefined {
  if (code === undefined || code <= 128) return undefined;
  return Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0];
}
