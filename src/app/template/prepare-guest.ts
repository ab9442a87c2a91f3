import { outputDirectory } from '../../core/agent/agent-command.ts';
import { type Deadline, deadlineIn } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { AgentSession } from '../../core/ports/guest-agent.ts';
import type { GuestConnection, SshTarget } from '../../core/ports/guest-shell.ts';
import type { RenewalChannel } from '../../core/ports/renewal-channel.ts';
import type { KeptResources, RunningResources } from '../../core/resources/ledger.ts';
import { type GuestFacts, readGuestFacts, whyNotFreezable } from '../../core/template/guest-facts.ts';
import type { FrozenGuest } from '../../core/template/template.ts';
import type { Dependencies } from '../dependencies.ts';
import { type GuestRoot, rootByAgent, rootBySsh } from '../guest-agent/guest-root.ts';
import { runByAgent } from '../guest-agent/run-by-agent.ts';
import { connectGuest } from '../vm/connect-guest.ts';
import { sshTargetOf } from '../vm/ssh-target.ts';
import { awaitCalm } from './await-calm.ts';
import { guestFactsScript, startRenewalScript, tidyGuestScript } from './prepare-guest-script.ts';
import { renewalOfClock, renewIdentity } from './renew-identity.ts';

const agentMs = 5_000;
const stepMs = 60_000;
/** Under emulation the interpreter needs a second or two to start. */
const programMs = 60_000;
const programPath = '/run/sysmonvm/renewal.py';
const uploadedName = '.sysmonvm-renewal.py';

export interface GuestToFreeze {
  readonly plan: VmPlan;
  readonly kept: KeptResources;
  readonly sshPort: number | undefined;
  readonly sockets: RunningResources['sockets'];
  readonly process: RunningResources['process'];
}

export interface PreparedGuest {
  readonly guest: FrozenGuest;
  /** Lets go of the sockets that the guest must find connected when it wakes in a fork: after its state was saved. */
  close(): void;
}

/**
 * Makes a running guest ready to be frozen: its renewal program waits for a word, nothing else is going on, and what
 * a fork's first commands need lies in memory. @throws template.not-freezable
 */
export async function prepareGuest(deps: Dependencies, call: Call, subject: GuestToFreeze): Promise<PreparedGuest> {
  const { plan, kept, sshPort, sockets } = subject;
  const refuse = (reason: string): never =>
    fail('template.not-freezable', `VM ${plan.name} cannot be frozen: ${reason}`);
  if (plan.network.value !== 'user') refuse(`its network is ${plan.network.value}, where forks would have one address`);
  if (sshPort === undefined || sockets.renewal === undefined) {
    return refuse('it was started by an older version; stop and start it');
  }
  const target = sshTargetOf(plan, kept, sshPort);
  const agent = await agentOf(deps, call, sockets.agent);
  let channel: RenewalChannel | undefined;
  try {
    const facts = await settled(deps, call, subject, { target, agent, refuse });
    channel = await (await deps.renewalChannels()).open(sockets.renewal, deadlineIn(deps.clock, stepMs, call.signal));
    await rehearse(deps, call, { plan, target, agent, channel });
    const opened = channel;
    return {
      guest: {
        renewalCommand: [facts.python, programPath, '--once'],
        hostKeyPath: facts.hostKeyPath,
        sshServer: facts.sshServer,
        agent: agent !== undefined,
        services: facts.services,
      },
      close() {
        opened.close();
        agent?.close();
      },
    };
  } catch (error) {
    channel?.close();
    agent?.close();
    throw error;
  }
}

async function agentOf(deps: Dependencies, call: Call, socket: string): Promise<AgentSession | undefined> {
  try {
    return await (await deps.agents()).connect(socket, deadlineIn(deps.clock, agentMs, call.signal));
  } catch {
    call.signal.throwIfAborted();
    return undefined;
  }
}

interface Ways {
  readonly target: SshTarget;
  readonly agent: AgentSession | undefined;
  readonly refuse: (reason: string) => never;
}

/** The program runs, and nothing else does. */
async function settled(
  deps: Dependencies,
  call: Call,
  { plan, kept, process }: GuestToFreeze,
  { target, agent, refuse }: Ways,
): Promise<GuestFacts> {
  const connection = await connectGuest(deps, call.signal, { target, process: undefined });
  const deadline: Deadline = { at: Number.POSITIVE_INFINITY, signal: call.signal, attempts: [] };
  try {
    const bySsh = await rootBySsh(connection, plan.guest.user, deadline);
    const root = bySsh ?? (agent && (await rootByAgent(deps, agent, deadline)));
    if (!root) return refuse(`nobody becomes root in it: ${plan.guest.user} has no sudo, and its agent runs nothing`);
    const facts = readGuestFacts(await root.run(guestFactsScript));
    const reason = whyNotFreezable(facts);
    if (reason !== undefined) refuse(reason);
    await install(deps, { connection: bySsh && connection, root, kept, python: facts.python, deadline });
    await awaitCalm(deps, call, { name: plan.name, root, process });
    await root.run(tidyGuestScript, [plan.guest.user]);
    return facts;
  } finally {
    connection.close();
  }
}

interface Installation {
  /** undefined: its user is not root's; the program goes with the root's own input. */
  readonly connection: GuestConnection | undefined;
  readonly root: GuestRoot;
  readonly kept: KeptResources;
  readonly python: string;
  readonly deadline: Deadline;
}

async function install(deps: Dependencies, { connection, root, kept, python, deadline }: Installation): Promise<void> {
  const program = await deps.renewalProgram();
  if (!connection) {
    await root.run('umask 077; mkdir -p /run/sysmonvm && cat >/run/sysmonvm/renewal.py', [], program);
    await root.run(startRenewalScript, [python, '', outputDirectory]);
    return;
  }
  const local = `${kept.directory}/renewal.py`;
  await deps.files.write(local, program, 0o600, { durable: false });
  try {
    await connection.upload(local, uploadedName, deadline);
  } finally {
    await deps.files.remove(local);
  }
  await root.run(startRenewalScript, [python, uploadedName, outputDirectory]);
}

interface Rehearsal extends Pick<Ways, 'target' | 'agent'> {
  readonly plan: VmPlan;
  readonly channel: RenewalChannel;
}

/** What a fork does first is done once, after the caches were dropped, so that it finds all of it in memory. */
async function rehearse(deps: Dependencies, call: Call, { plan, target, agent, channel }: Rehearsal): Promise<void> {
  const deadline = deadlineIn(deps.clock, programMs, call.signal);
  const renewal = { ...renewalOfClock(deps), seed: btoa(deps.randomHex(24)), user: plan.guest.user };
  await channel.send(renewal);
  await renewIdentity(deps, call, { channel, renewal, deadline });
  const connection = await connectGuest(deps, call.signal, { target, process: undefined });
  try {
    await connection.capture({ command: ['true'] }, deadline);
  } finally {
    connection.close();
  }
  if (agent) await runByAgent(deps, agent, ['/bin/true'], '', deadline).catch(() => call.signal.throwIfAborted());
  // The guest ends the session of the connection that was closed.
  await deps.clock.sleep(1_500, call.signal);
}
