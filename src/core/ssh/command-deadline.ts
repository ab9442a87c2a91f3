import { SysmonvmError } from '../errors/sysmonvm-error.ts';
import type { GuestCommand } from '../ports/guest-shell.ts';

/** `how`: what became of the command, as words that follow "and". */
export function commandDeadlineError(command: GuestCommand, after: string, how: string): SysmonvmError {
  const name = typeof command.command === 'string' ? command.command : command.command.join(' ');
  const shown = name.length > 80 ? `${name.slice(0, 77)}...` : name;
  return new SysmonvmError(
    'guest.command-deadline',
    `The command \`${shown}\` did not end within ${after} and ${how}.`,
    { details: { command: command.command, outcome: how } },
  );
}
