import type { Terminal } from './terminal.ts';

/** From now on keys go through unread, Ctrl-C too; what is returned gives the terminal back, once. */
export function enterRawMode(terminal: Terminal): () => void {
  const { stdin } = terminal.streams;
  if (!terminal.stdinIsTty || stdin.setRawMode === undefined) return () => {};
  stdin.setRawMode(true);
  let raw = true;
  return () => {
    if (!raw) return;
    raw = false;
    stdin.setRawMode?.(false);
    stdin.pause();
  };
}

/** Raw mode while the work lasts. */
export async function withRawMode<T>(terminal: Terminal, work: () => Promise<T>): Promise<T> {
  const leave = enterRawMode(terminal);
  try {
    return await work();
  } finally {
    leave();
  }
}
