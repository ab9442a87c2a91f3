#!/usr/bin/env node
import process from 'node:process';
import { ownVersion } from './cli/own-version.ts';

const argv = process.argv.slice(2);

async function main(): Promise<number> {
  const [{ runCli }, { allCommands }, { handleSignals }] = await Promise.all([
    import('./cli/run-cli.ts'),
    import('./commands/all-commands.ts'),
    import('./host/process/signals.ts'),
  ]);
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
    compose: async (request) => (await import('./compose.ts')).compose(request),
  });
}

if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) process.stdout.write(`${ownVersion()}\n`);
else {
  process.exitCode = await main();
  // A command of the guest may have read standard input; an open pipe there must not keep us alive.
  process.stdin.pause();
  if ('unref' in process.stdin) process.stdin.unref();
}
