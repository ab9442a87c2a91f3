import type { GuestCommand } from '../ports/guest-shell.ts';
import { commandVector } from '../ssh/guest-command-line.ts';
import { runAsUserScript } from './run-as-user-script.ts';

/** Nobody but root looks in; the files in it may have any mode. */
export const outputDirectory = '/run/sysmonvm-exec';

/** What `guest-exec` may take along for standard input. */
export const inputLimitBytes = 16 * 1024 * 1024;

export interface AgentCommandPlace {
  /** Path of the two files without their endings `.out` and `.err`. */
  readonly base: string;
  readonly token: string;
  readonly loginUser: string;
}

/**
 * Arguments of `guest-exec`. A session of its own, so that the command and all it started can be ended together, and
 * so that a `kill 0` in it does not reach the agent.
 */
export function guestExecArguments(
  command: GuestCommand,
  { base, token, loginUser }: AgentCommandPlace,
): { readonly path: string; readonly arg: readonly string[]; readonly env: readonly string[] } {
  const user = command.asUser ?? loginUser;
  const kind = user === loginUser ? 'login' : 'other';
  return {
    path: 'setsid',
    arg: ['sh', '-c', runAsUserScript, 'sh', base, user, kind, command.workdir ?? '', token, ...commandVector(command)],
    env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
  };
}

/** What the script said instead of starting the command; undefined when that started. */
export function refusalIn(head: Uint8Array, token: string): string | undefined {
  const text = new TextDecoder().decode(head);
  const match = new RegExp(`^\\x1e${token}:([^\\x1e]*)\\x1e`).exec(text);
  return match?.[1];
}
