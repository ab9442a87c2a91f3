import type { Terminal } from './terminal.ts';

/** Keys go through unread (Ctrl-C too) while the work lasts; the terminal is given back on every way out. */
export async function withRawMode<T>(terminal: Terminal, work: () => Promise<T>): Promise<T> {
  const { stdin } = terminal.streams;
  if (!terminal.stdinIsTty || stdin.setRawMode === undefined) return work();
  stdin.setRawMode(true);
  try {
    return await work();
  } finally {
    stdin.setRawMode(false);
    stdin.pause();
  }
}
