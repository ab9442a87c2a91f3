import type { GuestExit } from '../ports/guest-shell.ts';

export interface ScriptEnd {
  readonly verdict: 'so' | 'not-yet' | 'not-applicable' | 'failed';
  /** Last line of its standard output. */
  readonly detail: string;
  readonly exit: GuestExit;
  /** The end of what it printed, both streams. */
  readonly lastLines: readonly string[];
}

const verdicts: Readonly<Record<number, ScriptEnd['verdict']>> = { 0: 'so', 10: 'not-yet', 77: 'not-applicable' };

/** The exit codes that scripts/step-prelude-script.ts gives a meaning. */
export function scriptEnd(exit: GuestExit, detail: string, lastLines: readonly string[]): ScriptEnd {
  const verdict = exit.signal === undefined ? verdicts[exit.exitCode] : undefined;
  return { verdict: verdict ?? 'failed', detail, exit, lastLines };
}
