import type { Deadline } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { AgentSession } from '../../core/ports/guest-agent.ts';
import type { RenewalChannel } from '../../core/ports/renewal-channel.ts';
import type { KeptResources } from '../../core/resources/ledger.ts';
import type { Renewal, RenewalAnswer } from '../../core/template/renewal.ts';
import type { Template } from '../../core/template/template.ts';
import type { Dependencies } from '../dependencies.ts';
import { makeIdentity } from '../vm/make-identity.ts';
import { renewByAgent } from './renew-by-agent.ts';

const clockToleranceMs = 1_000;
/** So long is the port waited for when there is another way. */
const portMs = 10_000;

/** The private host key of a fork, from its creation until its guest has it. */
export const hostKeyPathOf = (directory: string): string => `${directory}/host_key`;

/** Makes what is this fork's alone, on the host; returns the resources with the public host key. */
export async function newIdentity(
  deps: Pick<Dependencies, 'guestIdentity' | 'files' | 'seed'>,
  plan: VmPlan,
  kept: KeptResources,
  signal: AbortSignal,
): Promise<KeptResources> {
  const { hostKey } = await makeIdentity(deps, plan, kept, signal);
  await deps.files.write(hostKeyPathOf(kept.directory), hostKey.privateKeyOpenSsh, 0o600);
  return { ...kept, hostPublicKey: hostKey.publicKey };
}

/** Everything a fork is told. `hostPrivateKey` is the content of `hostKeyPathOf(kept.directory)`. */
export function renewalFor(
  deps: Pick<Dependencies, 'clock' | 'randomHex'>,
  {
    plan,
    kept,
    template,
    hostPrivateKey,
    loginPublicKey,
  }: {
    readonly plan: VmPlan;
    readonly kept: KeptResources;
    readonly template: Pick<Template, 'guest' | 'loginPublicKey'>;
    readonly hostPrivateKey: string;
    /** Content of `${kept.privateKeyPath}.pub`. */
    readonly loginPublicKey: string;
  },
): Renewal {
  return {
    ...renewalOfName(deps, plan),
    machineId: machineIdFrom(deps.randomHex(16)),
    instanceId: kept.instanceId,
    hostPrivateKey,
    hostPublicKey: kept.hostPublicKey,
    hostKeyPath: template.guest.hostKeyPath,
    sshServer: template.guest.sshServer,
    user: plan.guest.user,
    addAuthorizedKeys: [loginPublicKey.trim()],
    removeAuthorizedKeys: [template.loginPublicKey.trim()],
    seed: newSeed(deps),
    runHooks: true,
  };
}

/** What a fork that exists is told when it gets another name (a member of a pool that is claimed). */
export function renewalOfName(deps: Pick<Dependencies, 'clock' | 'randomHex'>, plan: VmPlan): Renewal {
  const fqdn = plan.guest.hostname;
  return { ...renewalOfClock(deps), hostname: fqdn.split('.')[0] ?? fqdn, fqdn };
}

/** For the kernel's random pool. */
export function newSeed(deps: Pick<Dependencies, 'randomHex'>): string {
  return base64Of(deps.randomHex(64));
}

/** What a VM that was suspended is told. */
export function renewalOfClock(deps: Pick<Dependencies, 'clock' | 'randomHex'>): Renewal {
  return { id: deps.randomHex(8), epochMs: deps.clock.now() };
}

export interface RenewalRequest {
  readonly channel: RenewalChannel;
  /** Was sent over the channel before the guest went on. */
  readonly renewal: Renewal;
  readonly deadline: Deadline;
  /** Another way, should the port be silent; `command` is `guest.renewalCommand` of the template. */
  readonly agent?: { readonly connect: () => Promise<AgentSession>; readonly command: readonly string[] };
}

/**
 * Waits until the guest says that it is who it was told to be, and that it knows the time.
 * @throws guest.renewal-failed, guest.clock-wrong
 */
export async function renewIdentity(
  deps: Pick<Dependencies, 'clock' | 'randomHex'>,
  call: Call,
  request: RenewalRequest,
): Promise<RenewalAnswer> {
  const { answer, ask, done } = await answered(deps, call, request);
  try {
    const receivedAt = deps.clock.now();
    requireDone(request.renewal, answer);
    if (Math.abs(answer.epochMs - receivedAt) > clockToleranceMs) await requireClock(deps, ask);
    return answer;
  } finally {
    done();
  }
}

interface Answered {
  readonly answer: RenewalAnswer;
  /** The way that worked, for another question. */
  readonly ask: (question: Renewal) => Promise<RenewalAnswer>;
  done(): void;
}

async function answered(
  deps: Pick<Dependencies, 'clock'>,
  call: Call,
  { channel, renewal, deadline, agent }: RenewalRequest,
): Promise<Answered> {
  const at = agent ? Math.min(deadline.at, deps.clock.now() + portMs) : deadline.at;
  const byPort = async (question: Renewal): Promise<RenewalAnswer> => {
    await channel.send(question);
    return channel.answer(question.id, deadline);
  };
  try {
    return { answer: await channel.answer(renewal.id, { ...deadline, at }), ask: byPort, done: () => undefined };
  } catch (error) {
    deadline.signal.throwIfAborted();
    if (!agent) throw error;
    const words = error instanceof Error ? error.message : String(error);
    call.report({ kind: 'notice', level: 'warning', text: `${words}; it is told by its guest agent` });
    const session = await agent.connect();
    const byAgent = (question: Renewal) => renewByAgent(deps, session, agent.command, question, deadline);
    return {
      answer: await byAgent({ ...renewal, epochMs: deps.clock.now() }),
      ask: byAgent,
      done: () => session.close(),
    };
  }
}

function requireDone(renewal: Renewal, { errors, hooks, reseeded }: RenewalAnswer): void {
  const failed = hooks.filter((hook) => hook.exitCode !== 0);
  const reasons = [
    ...errors,
    ...failed.map(({ path, exitCode, tail }) => `${path} ended with ${exitCode}: ${tail.trim() || 'it said nothing'}`),
    ...(renewal.seed !== undefined && !reseeded && errors.length === 0 ? ['its random pool was not reseeded'] : []),
  ];
  if (reasons.length === 0) return;
  fail('guest.renewal-failed', `the guest could not renew its identity: ${reasons.join('; ')}`, {
    details: { errors, hooks: failed },
  });
}

/**
 * An answer may lie in a queue while a busy host does other things, so a clock that looks wrong is asked for once more;
 * the answer to a bare question tells within its own round trip.
 */
async function requireClock(deps: Pick<Dependencies, 'clock' | 'randomHex'>, ask: Answered['ask']): Promise<void> {
  const question = renewalOfClock(deps);
  const answer = await ask(question);
  const receivedAt = deps.clock.now();
  const wrongByMs = Math.max(question.epochMs - answer.epochMs, answer.epochMs - receivedAt, 0);
  if (wrongByMs <= clockToleranceMs) return;
  fail(
    'guest.clock-wrong',
    `the clock of the guest is ${wrongByMs} ms ${answer.epochMs < question.epochMs ? 'behind' : 'ahead of'} the host’s`,
    { details: { guestEpochMs: answer.epochMs, hostEpochMs: receivedAt, errors: answer.errors } },
  );
}

/** 128 random bits as a version 4 UUID without dashes, which is what systemd makes. */
function machineIdFrom(hex: string): string {
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16);
  return `${hex.slice(0, 12)}4${hex.slice(13, 16)}${variant}${hex.slice(17, 32)}`;
}

function base64Of(hex: string): string {
  const bytes = hex.match(/../g) ?? [];
  return btoa(String.fromCharCode(...bytes.map((byte) => Number.parseInt(byte, 16))));
}
