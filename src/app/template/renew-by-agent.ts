import type { Deadline } from '../../core/deadline.ts';
import { remainingMs } from '../../core/deadline.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { AgentSession } from '../../core/ports/guest-agent.ts';
import { readRenewalAnswer } from '../../core/template/read-renewal-answer.ts';
import type { Renewal, RenewalAnswer } from '../../core/template/renewal.ts';
import type { Dependencies } from '../dependencies.ts';

interface ExecStatus {
  readonly exited: boolean;
  readonly exitcode?: number;
  readonly 'out-data'?: string;
  readonly 'err-data'?: string;
}

/** The renewal program, run once by the guest agent: for a guest whose resident one is gone. */
export async function renewByAgent(
  deps: Pick<Dependencies, 'clock'>,
  { session, command }: { readonly session: AgentSession; readonly command: readonly string[] },
  renewal: Renewal,
  deadline: Deadline,
): Promise<RenewalAnswer> {
  const [path, ...arg] = command;
  const { pid } = await session.execute<{ pid: number }>('guest-exec', {
    path,
    arg,
    'input-data': utf8ToBase64(`${JSON.stringify(renewal)}\n`),
    'capture-output': true,
  });
  for (;;) {
    const status = await session.execute<ExecStatus>('guest-exec-status', { pid });
    if (status.exited) return answerOf(status);
    if (remainingMs(deadline, deps.clock) === 0) {
      fail('guest.renewal-failed', 'the renewal program did not end in time when the guest agent ran it');
    }
    await deps.clock.sleep(50, deadline.signal);
  }
}

function answerOf(status: ExecStatus): RenewalAnswer {
  const answer = readRenewalAnswer(base64ToUtf8(status['out-data'] ?? ''));
  if (answer) return answer;
  const words = base64ToUtf8(status['err-data'] ?? '').trim() || 'it said nothing';
  const end = `ended with ${status.exitcode ?? 'a signal'}`;
  return fail('guest.renewal-failed', `the renewal program ${end} when the guest agent ran it: ${words}`);
}

function utf8ToBase64(text: string): string {
  return btoa(Array.from(new TextEncoder().encode(text), (byte) => String.fromCharCode(byte)).join(''));
}

function base64ToUtf8(text: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
}
