import { fail } from '../core/errors/sysmonvm-error.ts';
import type { Terminal } from './terminal.ts';

/** Asks on the terminal; anything but y or yes is a no. Only `--yes` answers without one. */
export async function confirm(
  question: string,
  options: { readonly yes: boolean; readonly json: boolean; readonly terminal: Terminal; readonly signal: AbortSignal },
): Promise<boolean> {
  if (options.yes) return true;
  const { terminal } = options;
  if (!terminal.stdinIsTty || !terminal.stderrIsTty || options.json) {
    fail('usage.terminal-needed', `This needs an answer and there is no terminal to ask on: ${question}`, {
      next: ['Give the same command with --yes.'],
    });
  }
  const { createInterface } = await import('node:readline/promises');
  const prompt = createInterface({ input: terminal.streams.stdin, output: terminal.streams.stderr });
  try {
    const answer = await prompt.question(`${question} [y/N] `, { signal: options.signal });
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    prompt.close();
  }
}
