/**
 * The one home of signal handlers (and of the immediate exit that a second Ctrl-C asks for).
 *
 *   SIGINT, first   → abort, exit code 130 when the work has been undone
 *   SIGINT, again   → the process ends at once with 130; what is left is reaped by the next command
 *   SIGTERM         → abort, 143
 *   SIGHUP          → abort, 129
 *
 * The first signal decides the code; only SIGINT after any of them ends at once.
 */
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';

const exitCodes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const;
type HandledSignal = keyof typeof exitCodes;

export interface SignalHandling {
  /** Aborted by the first signal; the reason is a `vm.interrupted` error whose details hold `signal` and `exitCode`. */
  readonly signal: AbortSignal;
  received(): HandledSignal | undefined;
  /** What the process should end with because of the signal; undefined when none came. */
  exitCode(): number | undefined;
  /** Takes the handlers off again. */
  dispose(): void;
}

export interface SignalDeps {
  readonly target?: Pick<NodeJS.Process, 'on' | 'off'>;
  /** Ends the process at once. */
  readonly exitNow?: (code: number) => void;
}

export function handleSignals(deps: SignalDeps = {}): SignalHandling {
  const target = deps.target ?? process;
  const exitNow = deps.exitNow ?? ((code: number) => process.exit(code));
  const controller = new AbortController();
  let first: HandledSignal | undefined;

  const onSignal = (name: HandledSignal): void => {
    if (first !== undefined) {
      if (name === 'SIGINT') exitNow(exitCodes.SIGINT);
      return;
    }
    first = name;
    controller.abort(
      new SysmonvmError('vm.interrupted', `interrupted by ${name}`, {
        details: { signal: name, exitCode: exitCodes[name] },
      }),
    );
  };
  const handlers = (Object.keys(exitCodes) as HandledSignal[]).map((name) => [name, () => onSignal(name)] as const);
  for (const [name, handler] of handlers) target.on(name, handler);

  return {
    signal: controller.signal,
    received: () => first,
    exitCode: () => (first === undefined ? undefined : exitCodes[first]),
    dispose() {
      for (const [name, handler] of handlers) target.off(name, handler);
    },
  };
}

/** Something to put right however the process ends (not at a KILL); must not wait. Returns how to call it off. */
export function atExit(step: () => void): () => void {
  process.once('exit', step);
  return () => {
    process.off('exit', step);
  };
}

/** After Ctrl-Z and `fg`. Returns how to stop listening. */
export function whenContinued(listener: () => void): () => void {
  process.on('SIGCONT', listener);
  return () => {
    process.off('SIGCONT', listener);
  };
}

/** Somebody wants the job to stop (`kill -TSTP`); who listens puts the terminal right and stops it. */
export function whenStopAsked(listener: () => void): () => void {
  process.on('SIGTSTP', listener);
  return () => {
    process.off('SIGTSTP', listener);
  };
}

/** Stops the whole job, as Ctrl-Z does; returns when it goes on. */
export function stopJob(): void {
  process.kill(0, 'SIGSTOP');
}
