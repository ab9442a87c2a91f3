import { deadlineIn } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { PortWish } from '../../core/plan/vm-plan.ts';
import type { ProcessIdentity } from '../../core/ports/process-runner.ts';
import { isLostPort } from '../../core/qemu/network.ts';
import type { KeptResources, PortLease, RunningResources } from '../../core/resources/ledger.ts';
import { processOf } from '../../core/vm/transition.ts';
import type { Dependencies } from '../dependencies.ts';
import type { VmSession } from './session.ts';
import { withVm } from './with-vm.ts';

/** A port is forwarded while the VM runs: leased first, then told to QEMU; taken back when QEMU refuses. */
export async function addPort(
  deps: Dependencies,
  call: Call,
  name: string,
  wish: { readonly host?: number; readonly guest: number },
): Promise<PortLease> {
  return withVm(deps, call, name, 'add a port', async (session) => {
    const { process } = runningOf(session);
    const chosen: PortWish = {
      guest: wish.guest,
      purpose: 'user',
      ...(wish.host ? { host: wish.host, strength: 'fixed' } : { strength: 'any' }),
    };
    const lease = await forwardPort(deps, call, session, process, chosen);
    await keepPorts(session, (ports) => [...ports, { guest: lease.guest, host: lease.host }]);
    return lease;
  });
}

type AddedPorts = NonNullable<KeptResources['addedPorts']>;

/** One whose number was not free at the last start has another one than was kept. */
function withoutPort(ports: AddedPorts, { host, guest }: PortLease): AddedPorts {
  const gone = ports.find((port) => port.host === host) ?? ports.find((port) => port.guest === guest);
  return ports.filter((port) => port !== gone);
}

async function keepPorts(session: VmSession, change: (ports: AddedPorts) => AddedPorts): Promise<void> {
  const { ledger } = session;
  await session.saveLedger({ ...ledger, kept: { ...ledger.kept, addedPorts: change(ledger.kept.addedPorts ?? []) } });
}

/** The caller holds the VM's lock. */
export async function forwardPort(
  deps: Dependencies,
  call: Call,
  session: VmSession,
  process: ProcessIdentity,
  wish: PortWish,
): Promise<PortLease> {
  const { running } = runningOf(session);
  const leases = await deps.leases();
  const { id, name } = session.identity;
  const owner = { vmId: id, vmName: name, workspace: deps.store.workspace, process };
  const lease = await forwarded(5);
  async function forwarded(tries: number): Promise<PortLease> {
    const [taken] = await leases.take([wish], owner, call.signal);
    if (!taken) throw new Error('no lease was given');
    try {
      await monitor(deps, call, running, `hostfwd_add net0 tcp:127.0.0.1:${taken.host}-:${taken.guest}`);
      return taken;
    } catch (error) {
      await leases.release(id, [taken.host]);
      if (tries > 1 && isLostPort(error)) return forwarded(tries - 1);
      throw error;
    }
  }
  // Of several ports for SSH the newest is told.
  const ports = wish.purpose === 'ssh' ? [lease, ...running.ports] : [...running.ports, lease];
  await session.saveLedger({ ...session.ledger, running: { ...running, ports } });
  await session.emit('port_added', { ...lease });
  return lease;
}

export async function removePort(deps: Dependencies, call: Call, name: string, hostPort: number): Promise<void> {
  await withVm(deps, call, name, 'remove a port', async (session) => {
    const { running } = runningOf(session);
    const lease = running.ports.find((port) => port.host === hostPort);
    if (!lease) {
      fail(
        'usage.invalid-argument',
        `VM ${name} does not forward host port ${hostPort}; it forwards ${running.ports.map((p) => p.host).join(', ') || 'none'}`,
      );
    }
    if (lease.purpose === 'ssh')
      fail('vm.refused', `port ${hostPort} carries SSH, by which the VM is driven; it is not removed`);
    await monitor(deps, call, running, `hostfwd_remove net0 tcp:127.0.0.1:${hostPort}`);
    await (await deps.leases()).release(session.identity.id, [hostPort]);
    await session.saveLedger({
      ...session.ledger,
      running: { ...running, ports: running.ports.filter((port) => port !== lease) },
    });
    await keepPorts(session, (ports) => withoutPort(ports, lease));
    await session.emit('port_removed', { ...lease });
  });
}

function runningOf(session: VmSession): {
  running: RunningResources;
  process: NonNullable<ReturnType<typeof processOf>>;
} {
  const { running } = session.ledger;
  const process = processOf(session.state);
  const { name } = session.identity;
  if (!running || !process) {
    fail('vm.refused', `VM ${name} does not run (${session.state.kind}); ports are forwarded while it runs`, {
      next: [`sysmonvm vm-start ${name}`, `sysmonvm vm-create NAME --port HOST:GUEST`],
    });
  }
  if (session.plan.network.value !== 'user') {
    fail(
      'vm.refused',
      `VM ${name} has network ${session.plan.network.value}; ports are forwarded on network user only`,
    );
  }
  return { running, process };
}

/** hostfwd has no QMP command of its own; the human monitor answers with text, empty when all is well. */
async function monitor(deps: Dependencies, call: Call, running: RunningResources, line: string): Promise<void> {
  const launcher = await deps.launcher();
  const qmp = await launcher.connect(running.sockets.qmp, deadlineIn(deps.clock, 5_000, call.signal));
  try {
    const words = await qmp.execute<string>('human-monitor-command', { 'command-line': line });
    if (words.trim() !== '' && !/host forwarding rule .* removed/.test(words))
      fail('host.qemu-failed', `QEMU refused ${line}: ${words.trim()}`);
  } finally {
    qmp.close();
  }
}
