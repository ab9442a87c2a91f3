import { deadlineIn } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { GuestConnection } from '../../core/ports/guest-shell.ts';
import { processOf } from '../../core/vm/transition.ts';
import type { Dependencies } from '../dependencies.ts';
import { connectGuest } from '../vm/connect-guest.ts';
import type { VmSession } from '../vm/session.ts';
import { sshTargetOf } from '../vm/ssh-target.ts';

const renewalMs = 5_000;
const agentMs = 3_000;
const sshMs = 60_000;
const toleranceMs = 1_000;

/**
 * The clock of a guest that stood still is as far behind as that took. It is set by whatever the guest has: the
 * renewal program of a fork, else the guest agent, else SSH. Returns why it could not be; that is also told.
 */
export async function stepClock(deps: Dependencies, call: Call, session: VmSession): Promise<string | undefined> {
  const reasons: string[] = [];
  for (const way of [byRenewal, byAgent, bySsh]) {
    try {
      const reason = await way(deps, call, session);
      if (reason === undefined) return undefined;
      reasons.push(reason);
    } catch (error) {
      call.signal.throwIfAborted();
      reasons.push(error instanceof Error ? error.message : String(error));
    }
  }
  const text = `the clock of the guest could not be set: ${reasons.join('; ')}`;
  call.report({ kind: 'notice', level: 'warning', text: `${text}; until something sets it, it is behind` });
  return text;
}

async function byRenewal(deps: Dependencies, call: Call, session: VmSession): Promise<string | undefined> {
  const socket = session.ledger.running?.sockets.renewal;
  if (!session.kept.template || socket === undefined) return 'it has no renewal program';
  const { renewalOfClock, renewIdentity } = await import('../template/renew-identity.ts');
  const deadline = deadlineIn(deps.clock, renewalMs, call.signal);
  const channel = await (await deps.renewalChannels()).open(socket, deadline);
  try {
    const renewal = renewalOfClock(deps);
    await channel.send(renewal);
    await renewIdentity(deps, call, { channel, renewal, deadline });
    return undefined;
  } finally {
    channel.close();
  }
}

/** It may fail to write the clock of the hardware, which is right: what the guest's clock says then is what counts. */
async function byAgent(deps: Dependencies, call: Call, session: VmSession): Promise<string | undefined> {
  const socket = session.ledger.running?.sockets.agent;
  if (socket === undefined) return 'it has no agent port';
  const agent = await (await deps.agents()).connect(socket, deadlineIn(deps.clock, agentMs, call.signal));
  try {
    const options = { timeoutMs: agentMs };
    const setting = agent.execute('guest-set-time', { time: deps.clock.now() * 1e6 }, options);
    const refused = await setting.then(
      () => undefined,
      (error: unknown) => error,
    );
    const asked = deps.clock.now();
    const guest = (await agent.execute<number>('guest-get-time', undefined, options)) / 1e6;
    const offMs = Math.max(asked - guest, guest - deps.clock.now());
    if (offMs <= toleranceMs) return undefined;
    const words = refused instanceof Error ? `: ${refused.message}` : '';
    return `the guest agent left it ${Math.round(offMs)} ms away from the host’s${words}`;
  } finally {
    agent.close();
  }
}

async function bySsh(deps: Dependencies, call: Call, session: VmSession): Promise<string | undefined> {
  const { plan, kept } = session;
  const port = session.ledger.running?.ports.find(({ purpose }) => purpose === 'ssh')?.host;
  if (port === undefined) return 'SSH does not reach it';
  const target = sshTargetOf(plan, kept, port);
  const signal = AbortSignal.any([call.signal, AbortSignal.timeout(sshMs)]);
  const connection = await connectGuest(deps, signal, { target, process: processOf(session.state) });
  try {
    await setOver(deps, connection, plan.guest.sudo, signal);
    return undefined;
  } finally {
    connection.close();
  }
}

/**
 * `date` takes whole seconds, so the command is sent such that it arrives when one begins: as long before as the
 * commands before took on their way there. The first is slower than those that follow, and counts for nothing.
 */
async function setOver(
  deps: Pick<Dependencies, 'clock'>,
  connection: GuestConnection,
  sudo: boolean,
  signal: AbortSignal,
): Promise<void> {
  const { clock } = deps;
  const asRoot = sudo ? ['sudo', '-n'] : [];
  const ask = async (command: readonly string[]) => {
    const answer = await connection.capture({ command }, deadlineIn(clock, sshMs, signal));
    if (answer.exitCode === 0) return answer.stdout.trim();
    return fail('guest.clock-wrong', `\`${command.join(' ')}\` failed in the guest: ${answer.stderr.trim()}`);
  };
  await ask([...asRoot, 'true']);
  const before = clock.now();
  await ask([...asRoot, 'true']);
  const halfWayMs = (clock.now() - before) / 2;
  const second = Math.ceil((clock.now() + halfWayMs) / 1000);
  await clock.sleep(Math.max(0, second * 1000 - halfWayMs - clock.now()), signal);
  await ask([...asRoot, 'date', '-u', '-s', `@${second}`]);
  const asked = clock.now();
  const guest = Number(await ask(['date', '-u', '+%s'])) * 1000;
  // A whole second may have passed in the guest since it began.
  const behindMs = asked - (guest + 1_000);
  const aheadMs = guest - clock.now();
  if (Math.max(behindMs, aheadMs) > toleranceMs) {
    fail('guest.clock-wrong', `it is ${Math.round(Math.max(behindMs, aheadMs))} ms away from the host’s`);
  }
}
