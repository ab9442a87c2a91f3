import type { Clock } from './ports/clock.ts';

interface Attempt {
  readonly at: number;
  readonly what: string;
  readonly outcome: string;
}

/** Goes through every function that can wait: when it must end, who may cancel it, and what was tried so far. */
export interface Deadline {
  /** Epoch milliseconds; Infinity for none. */
  readonly at: number;
  readonly signal: AbortSignal;
  readonly attempts: Attempt[];
}

export function deadlineIn(clock: Clock, ms: number, signal: AbortSignal = new AbortController().signal): Deadline {
  return { at: clock.now() + ms, signal, attempts: [] };
}

export function remainingMs(deadline: Deadline, clock: Clock): number {
  return Math.max(0, deadline.at - clock.now());
}
