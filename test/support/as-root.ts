import { execFileSync } from 'node:child_process';

/** For what a test has to mount: root, or sudo without a password, as for the packages that `npm test` installs. */
export function runAsRoot(command: string, args: readonly string[]): void {
  if (process.getuid?.() === 0) execFileSync(command, args);
  else execFileSync('sudo', ['-n', command, ...args]);
}
