import { type Deadline, remainingMs } from '../../core/deadline.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { AgentSession } from '../../core/ports/guest-agent.ts';
import type { Dependencies } from '../dependencies.ts';

interface ExecStatus {
  readonly exited: boolean;
  readonly exitcode?: number;
  readonly signal?: number;
  readonly 'out-data'?: string;
  readonly 'err-data'?: string;
}

interface AgentResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const pauseMs = 50;

/** One short command of ours as root, with its input and output in one piece each. */
export async function runByAgent(
  deps: Pick<Dependencies, 'clock'>,
  session: AgentSession,
  [path, ...arg]: readonly string[],
  input: string,
  deadline: Deadline,
): Promise<AgentResult> {
  const { pid } = await session.execute<{ pid: number }>('guest-exec', {
    path,
    arg,
    'input-data': utf8ToBase64(input),
    'capture-output': true,
  });
  for (;;) {
    const status = await session.execute<ExecStatus>('guest-exec-status', { pid });
    if (status.exited) {
      return {
        exitCode: status.exitcode ?? 128 + (status.signal ?? 0),
        stdout: base64ToUtf8(status['out-data'] ?? ''),
        stderr: base64ToUtf8(status['err-data'] ?? ''),
      };
    }
    if (remainingMs(deadline, deps.clock) === 0) {
      fail('guest.command-deadline', `${path} did not end in time when the guest agent ran it`);
    }
    await deps.clock.sleep(pauseMs, deadline.signal);
  }
}

function utf8ToBase64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}

function base64ToUtf8(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
}
