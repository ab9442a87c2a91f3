import type { Deadline } from '../../core/deadline.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { AgentSession } from '../../core/ports/guest-agent.ts';
import { readRenewalAnswer } from '../../core/template/read-renewal-answer.ts';
import type { Renewal, RenewalAnswer } from '../../core/template/renewal.ts';
import type { Dependencies } from '../dependencies.ts';
import { runByAgent } from '../guest-agent/run-by-agent.ts';

/** The renewal program, run once by the guest agent: for a guest whose resident one is gone. */
export async function renewByAgent(
  deps: Pick<Dependencies, 'clock'>,
  session: AgentSession,
  command: readonly string[],
  renewal: Renewal,
  deadline: Deadline,
): Promise<RenewalAnswer> {
  const ended = await runByAgent(deps, session, command, `${JSON.stringify(renewal)}\n`, deadline);
  const answer = readRenewalAnswer(ended.stdout);
  if (answer) return answer;
  return fail(
    'guest.renewal-failed',
    `the renewal program ended with ${ended.exitCode} when the guest agent ran it: ${ended.stderr.trim() || 'it said nothing'}`,
  );
}
