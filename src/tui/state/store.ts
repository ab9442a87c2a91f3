/**
 * The one place of what the screens show. What a person does is shown at once; what happens by itself (events, usage,
 * progress) is gathered and shown at most ten times a second.
 */
export interface Store<T> {
  get(): T;
  /** Shown at once. */
  set(change: (state: T) => T): void;
  /** Shown with the next beat. */
  gather(change: (state: T) => T): void;
  subscribe(listener: () => void): () => void;
  dispose(): void;
}

export const beatMs = 100;

export function createStore<T>(first: T): Store<T> {
  let state = first;
  let timer: NodeJS.Timeout | undefined;
  const listeners = new Set<() => void>();
  const publish = (): void => {
    clearTimeout(timer);
    timer = undefined;
    for (const listener of listeners) listener();
  };
  return {
    get: () => state,
    set(change) {
      const next = change(state);
      if (next === state) return;
      state = next;
      publish();
    },
    gather(change) {
      const next = change(state);
      if (next === state) return;
      state = next;
      timer ??= setTimeout(publish, beatMs);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispose() {
      clearTimeout(timer);
      listeners.clear();
    },
  };
}
