import { type Deadline, deadlineIn } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { KeptResources, RunningResources } from '../../core/resources/ledger.ts';
import type { Renewal, RenewalAnswer } from '../../core/template/renewal.ts';
import type { Template } from '../../core/template/template.ts';
import type { Dependencies } from '../dependencies.ts';
import { hostKeyPathOf, renewalFor, renewIdentity } from '../template/renew-identity.ts';
import type { VmSession } from '../vm/session.ts';

const connectMs = 5_000;
const answerMs = 30_000;

/** Nobody waits for the answer: whoever speaks to the agent next begins with a mark, and drops what came before it. */
const rehearsal = JSON.stringify({
  execute: 'guest-exec',
  arguments: { path: 'setsid', arg: ['sh', '-c', 'exec true'], env: ['PATH=/usr/bin:/bin'] },
});

export interface ForkRenewal {
  /** The SSH server takes the new host key without being restarted. */
  readonly keepsServer: boolean;
  /** The guest stands still; it finds the message when it wakes. */
  send(): Promise<void>;
  /** The agent starts a program that does nothing, so that an emulator has seen that before it is asked for one. */
  rehearseAgent(): void;
  /** @throws guest.renewal-failed, guest.clock-wrong */
  finish(): Promise<RenewalAnswer>;
  close(): void;
}

/** Connects both ports as they were when the template was frozen; a port that changed would wake its reader in vain. */
export async function openForkRenewal(
  deps: Dependencies,
  call: Call,
  session: VmSession,
  { sockets }: RunningResources,
): Promise<ForkRenewal> {
  const { renewal: socket } = sockets;
  if (socket === undefined) fail('guest.renewal-failed', `VM ${session.identity.name} has no renewal port`);
  const channels = await deps.renewalChannels();
  const deadline = (ms: number): Deadline => deadlineIn(deps.clock, ms, call.signal);
  const channel = await channels.open(socket, deadline(connectMs));
  const agent = await channels.hold(sockets.agent, deadline(connectMs));
  const renewal = await renewalOf(deps, session);
  const sent = { renewal };
  // A machine that was frozen while it ran keeps its key.
  const keepsServer = renewal.hostPrivateKey === undefined || renewal.sshServer === 'openssh';
  // Loading it takes as long as QEMU's restore; meanwhile there is time.
  deps.shell().catch(() => undefined);
  return {
    keepsServer,
    async send() {
      sent.renewal = { ...renewal, epochMs: deps.clock.now() };
      await channel.send(sent.renewal);
    },
    rehearseAgent: () => agent.write(rehearsal),
    async finish() {
      const answer = await renewIdentity(deps, call, {
        channel,
        renewal: sent.renewal,
        deadline: deadline(answerMs),
      });
      await deps.files.remove(hostKeyPathOf(session.directory));
      return answer;
    },
    close() {
      channel.close();
      agent.close();
    },
  };
}

/** A machine that was frozen while it ran goes on as itself: it has no host key to be given. */
async function renewalOf(deps: Dependencies, { plan, kept, directory }: VmSession): Promise<Renewal> {
  const hostPrivateKey = await deps.files.read(hostKeyPathOf(directory));
  const loginPublicKey = (await deps.files.read(`${kept.privateKeyPath}.pub`)) ?? '';
  const renewal = renewalFor(deps, {
    plan,
    kept,
    template: await templateOf(deps, kept),
    hostPrivateKey: hostPrivateKey ?? '',
    loginPublicKey,
  });
  if (hostPrivateKey !== undefined) return renewal;
  const { id, epochMs, seed } = renewal;
  return { id, epochMs, ...(seed === undefined ? {} : { seed }) };
}

async function templateOf(deps: Dependencies, { template }: KeptResources): Promise<Template> {
  if (!template) throw new Error('a fork without a template');
  const text = await deps.files.read(`${template.directory}/template.json`);
  const found = text === undefined ? undefined : (JSON.parse(text) as Template);
  if (found?.id === template.id) return found;
  return fail('vm.state-unusable', `template ${template.name} is not the one that this VM was forked from`);
}
