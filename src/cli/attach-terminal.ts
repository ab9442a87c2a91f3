import type { Duplex } from 'node:stream';
import { fail } from '../core/errors/sysmonvm-error.ts';
import { withRawMode } from './raw-mode.ts';
import type { Terminal } from './terminal.ts';

const detachKey = 0x1d;
export const detachKeyName = 'Ctrl-]';

/**
 * Joins terminal and socket. Raw mode, so that Ctrl-C goes to the guest; it is given back on every way out: the key,
 * the end of the socket, an error, a signal.
 */
export async function attachTerminal(
  socket: Duplex,
  terminal: Terminal,
  signal: AbortSignal,
): Promise<'detached' | 'closed'> {
  const { stdin, stdout } = terminal.streams;
  if (!terminal.stdinIsTty || stdin.setRawMode === undefined) {
    socket.destroy();
    fail('usage.terminal-needed', 'The console is interactive and standard input is not a terminal.', {
      next: ['sysmonvm vm-logs --source console'],
    });
  }
  const release: (() => void)[] = [];
  try {
    return await withRawMode(
      terminal,
      () =>
        new Promise<'detached' | 'closed'>((resolve, reject) => {
          const fromKeys = (bytes: Buffer): void => {
            const at = bytes.indexOf(detachKey);
            const wanted = at < 0 ? bytes : bytes.subarray(0, at);
            if (wanted.length > 0) socket.write(wanted);
            if (at >= 0) resolve('detached');
          };
          const fromGuest = (bytes: Buffer): void => {
            stdout.write(bytes);
          };
          const closed = (): void => resolve('closed');
          const aborted = (): void => resolve('detached');
          stdin.on('data', fromKeys);
          socket.on('data', fromGuest).once('error', reject).once('close', closed);
          signal.addEventListener('abort', aborted, { once: true });
          stdin.resume();
          release.push(
            () => stdin.off('data', fromKeys),
            () => socket.off('data', fromGuest),
          );
          release.push(() => signal.removeEventListener('abort', aborted));
          if (signal.aborted) aborted();
        }),
    );
  } finally {
    for (const step of release) step();
    socket.destroy();
  }
}
