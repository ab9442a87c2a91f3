import { deadlineIn } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { hostnameFor } from '../../core/ids/vm-name.ts';
import type { PortWish, VmPlan } from '../../core/plan/vm-plan.ts';
import type { GuestShell } from '../../core/ports/guest-shell.ts';
import { processOf } from '../../core/vm/transition.ts';
import type { ForkOptions, ForkOverrides } from '../../core/warm-operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { withMachine } from '../machine/with-machine.ts';
import { newSeed, renewalOfName, renewIdentity } from '../template/renew-identity.ts';
import { forwardPort } from '../vm/forward-port.ts';
import type { VmSession } from '../vm/session.ts';
import { sshTargetOf } from '../vm/ssh-target.ts';

const connectMs = 5_000;
const answerMs = 30_000;

/** The caller holds the VM's lock. The guest finds its new name, a new random seed and the time when it wakes. */
export async function wakeMember(
  deps: Dependencies,
  call: Call,
  session: VmSession,
  overrides: ForkOverrides,
  { until = 'ssh', next }: ForkOptions,
): Promise<void> {
  const socket = session.ledger.running?.sockets.renewal;
  if (socket === undefined) fail('guest.renewal-failed', `VM ${session.identity.name} has no renewal port`);
  const templatePorts = overrides.ports ?? (await portsOfTemplate(deps, session));
  await session.savePlan(claimedPlan(session.plan, overrides, templatePorts));
  const deadline = (ms: number) => deadlineIn(deps.clock, ms, call.signal);
  const channel = await (await deps.renewalChannels()).open(socket, deadline(connectMs));
  const over = new AbortController();
  let answered: Promise<void> | undefined;
  try {
    const renewal = { ...renewalOfName(deps, session.plan), seed: newSeed(deps) };
    await channel.send(renewal);
    await withMachine(deps, call, session, (qmp) => qmp.execute('cont'));
    // It has its keys already.
    const port = session.ledger.running?.ports.find(({ purpose }) => purpose === 'ssh')?.host;
    const shell = port !== undefined && (next === 'ssh' || until === 'ssh') ? await deps.shell() : undefined;
    if (shell && port !== undefined) {
      if (next === 'ssh') shell.connectEarly(sshTargetOf(session.plan, session.kept, port), call.signal);
      if (until === 'ssh') answered = banner(shell, port, AbortSignal.any([call.signal, over.signal]));
      answered?.catch(() => undefined);
    }
    await renewIdentity(deps, call, { channel, renewal, deadline: deadline(answerMs) });
  } catch (error) {
    over.abort();
    throw error;
  } finally {
    channel.close();
  }
  await session.apply({ type: 'resumed' }, { data: { claimed: true } });
  await forwardMore(deps, call, session, templatePorts);
  await answered;
}

function claimedPlan(
  plan: VmPlan,
  { name, hostname, ttlMs, ephemeral }: ForkOverrides,
  ports: readonly PortWish[],
): VmPlan {
  return {
    ...plan,
    name,
    ports,
    guest: { ...plan.guest, hostname: hostname ?? hostnameFor(name) },
    ephemeral: ephemeral ?? false,
    ...(ttlMs === undefined ? {} : { ttlMs }),
  };
}

/** A number can be one VM's only. */
async function portsOfTemplate(deps: Dependencies, { kept }: VmSession): Promise<readonly PortWish[]> {
  const template = kept.template && (await (await deps.templates()).load(kept.template.name));
  const ports = template?.plan.ports ?? [];
  return ports.map((wish) => (wish.strength === 'fixed' ? { ...wish, strength: 'preferred' } : wish));
}

/** SSH has its port since the member was made; another number for it is one more way in, and the one that is told. */
async function forwardMore(
  deps: Dependencies,
  call: Call,
  session: VmSession,
  wishes: readonly PortWish[],
): Promise<void> {
  const more = wishes.filter(({ purpose, strength }) => purpose === 'user' || strength === 'fixed');
  const process = processOf(session.state);
  if (more.length === 0 || !process) return;
  for (const wish of more) await forwardPort(deps, call, session, process, wish);
}

async function banner(shell: GuestShell, port: number, signal: AbortSignal): Promise<void> {
  for (let tryMs = 1_000; ; tryMs *= 2) {
    try {
      await shell.banner(port, tryMs, signal);
      return;
    } catch (error) {
      signal.throwIfAborted();
      if (tryMs > 8_000) throw error;
    }
  }
}
