import type { Task } from './tasks.ts';

/** Something that is fetched: the last value stays while a newer one is under way. */
export interface Loaded<T> {
  readonly loading: boolean;
  readonly value?: T;
  readonly failure?: NonNullable<Task['failure']>;
  readonly at?: number;
}

export const notAsked = { loading: false } as const;

export const asked = <T>(before: Loaded<T>): Loaded<T> => ({ ...before, loading: true });
