import type { Deadline } from '../../core/deadline.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { AgentSession } from '../../core/ports/guest-agent.ts';
import type { GuestConnection } from '../../core/ports/guest-shell.ts';
import type { Dependencies } from '../dependencies.ts';
import { runByAgent } from './run-by-agent.ts';

/** Root in a guest, by whichever way there is. */
export interface GuestRoot {
  /** @throws guest.command-failed with what it printed */
  run(script: string, args?: readonly string[], input?: string): Promise<string>;
}

/** undefined: the user of this connection may not become root without a password. */
export async function rootBySsh(
  connection: GuestConnection,
  user: string,
  deadline: Deadline,
): Promise<GuestRoot | undefined> {
  const before = user === 'root' ? [] : ['sudo', '-n'];
  const may = await connection.capture({ command: [...before, 'true'] }, deadline);
  if (may.exitCode !== 0) return undefined;
  return {
    run: async (script, args = []) =>
      outputOf(await connection.capture({ command: [...before, 'sh', '-c', script, 'sh', ...args] }, deadline)),
  };
}

/** undefined: the agent starts no programs, or not as root. */
export async function rootByAgent(
  deps: Pick<Dependencies, 'clock'>,
  session: AgentSession,
  deadline: Deadline,
): Promise<GuestRoot | undefined> {
  const run = async (script: string, args: readonly string[] = [], input = ''): Promise<string> =>
    outputOf(await runByAgent(deps, session, ['/bin/sh', '-c', script, 'sh', ...args], input, deadline));
  const user = await run('id -u').catch(() => '');
  return user.trim() === '0' ? { run } : undefined;
}

function outputOf(ended: { readonly exitCode: number; readonly stdout: string; readonly stderr: string }): string {
  if (ended.exitCode === 0) return ended.stdout;
  return fail(
    'guest.command-failed',
    `a script that runs as root in the guest failed: ${ended.stderr.trim() || ended.exitCode}`,
  );
}
