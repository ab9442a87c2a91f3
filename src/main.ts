#!/usr/bin/env node
import { ownVersion } from './cli/own-version.ts';

const argv = process.argv.slice(2);

if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) process.stdout.write(`${ownVersion()}\n`);
else {
  const { commandLine } = await import('./command-line.ts');
  process.exitCode = await commandLine(argv);
  // A command of the guest may have read standard input; an open pipe there must not keep us alive.
  process.stdin.pause();
  if ('unref' in process.stdin) process.stdin.unref();
}
