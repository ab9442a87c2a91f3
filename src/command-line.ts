import { runCli } from './cli/run-cli.ts';
import { allCommands } from './commands/all-commands.ts';
import { compose } from './compose.ts';
import { handleSignals } from './host/process/signals.ts';

/** One command line in this process, to its exit code. */
export function commandLine(argv: readonly string[]): Promise<number> {
  const { stdin, stdout, stderr, env } = process;
  // A reader that went away (`| head -1`) is no failure of ours.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return runCli({
    commands: allCommands,
    argv,
    env,
    cwd: process.cwd(),
    streams: { stdin, stdout, stderr },
    signals: handleSignals(),
    compose,
    hideTyping: async () => (await import('./host/process/hidden-typing.ts')).hideTyping(),
  });
}
