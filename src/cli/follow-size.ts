import type { GuestCommandControl } from '../core/ports/guest-shell.ts';
import type { Terminal } from './terminal.ts';

/** Gives the size of our terminal, now and after each change, to a command with a terminal of its own. */
export function followSize(terminal: Terminal, control: Pick<GuestCommandControl, 'resize'>): () => void {
  const { stdout, stderr } = terminal.streams;
  const screen = terminal.stdoutIsTty ? stdout : stderr;
  const tell = (): void => {
    if (screen.columns !== undefined && screen.rows !== undefined) control.resize(screen.columns, screen.rows);
  };
  tell();
  screen.on('resize', tell);
  return () => {
    screen.off('resize', tell);
  };
}
