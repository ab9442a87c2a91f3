import { fail } from '../errors/sysmonvm-error.ts';
import type { GuestCommand } from '../ports/guest-shell.ts';
import { quoteWords } from './shell-quoting.ts';

/**
 * Prints the start mark (start-mark.ts), goes to the directory and becomes the command: same process, so exit code,
 * signals and streams are the command's own. $1 token, $2 directory ('' for none), the rest is the command.
 * A directory that is not there ends it with 126. Works in dash, bash and busybox ash.
 */
const wrapper = [
  '{ read -r s < "/proc/$$/stat"; } 2>/dev/null',
  `printf "\\036%s:%s:%s\\036" "$1" "$$" "\${s##*) }" >&2`,
  'if [ -n "$2" ]; then CDPATH= cd -- "$2" || exit 126; fi',
  'shift 2',
  'exec "$@"',
].join('; ');

/** Under sshd every bash reads ~/.bashrc, and the one that sshd started has done so already. */
const inLoginShell = `case $SHELL in */bash) exec "$SHELL" --norc -c "$0" ;; esac; exec "\${SHELL:-/bin/sh}" -c "$0"`;

const environmentName = /^[A-Za-z_][A-Za-z0-9_.]*$/;

/**
 * The one line for the guest's sshd. Environment and directory travel inside it because sshd refuses to set
 * variables; they are positional parameters of one constant script, so nothing is quoted twice.
 */
export function guestCommandLine(command: GuestCommand, token: string, loginUser: string): string {
  const words = commandVector(command);
  const script = ['sh', '-c', wrapper, 'sh', token];
  if (command.asUser === undefined || command.asUser === loginUser) {
    return `exec ${quoteWords([...script, command.workdir ?? '', ...words])}`;
  }
  // The home of the login user may be closed to the other user: without a directory it starts in its own home, if it has one.
  const before = command.workdir === undefined ? 'cd -- "$HOME" 2>/dev/null || cd /; ' : '';
  const inner = `${before}exec ${quoteWords([...script, command.workdir ?? '', ...words])}`;
  return `exec ${quoteWords(['sudo', '-n', '-H', '-u', command.asUser, '--', 'sh', '-c', inner])}`;
}

/** The command with its variables, as words that need no shell. */
export function commandVector(command: GuestCommand): readonly string[] {
  return withEnvironment(command.env ?? {}, commandWords(command));
}

function commandWords(command: GuestCommand): readonly string[] {
  if (typeof command.command === 'string') {
    // sudo sets SHELL to the other user's login shell, which is nologin for service accounts.
    return ['sh', '-c', command.asUser === undefined ? inLoginShell : 'exec sh -c "$0"', command.command];
  }
  if (command.command.length === 0) fail('usage.invalid-argument', 'The command for the guest is empty.');
  return command.command;
}

function withEnvironment(env: Readonly<Record<string, string>>, words: readonly string[]): readonly string[] {
  const pairs = Object.entries(env);
  for (const [name] of pairs) {
    if (!environmentName.test(name)) {
      fail('usage.invalid-argument', `"${name}" cannot be the name of an environment variable in the guest.`, {
        next: ['Give `--env NAME=VALUE`; a name holds letters, digits and underscores.'],
      });
    }
  }
  if (pairs.length === 0) return words;
  // `env` would take a program name with an equals sign for one more variable.
  const program = words[0]?.includes('=') ? ['sh', '-c', 'exec "$0" "$@"', ...words] : words;
  return ['env', ...pairs.map(([name, value]) => `${name}=${value}`), ...program];
}
