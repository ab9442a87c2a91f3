import { deadlineIn } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { QmpSession } from '../../core/ports/vm-launcher.ts';
import { qemuArguments } from '../../core/qemu/qemu-arguments.ts';
import type { MovingRun, RunningResources } from '../../core/resources/ledger.ts';
import type { Dependencies } from '../dependencies.ts';
import { runDirectoryOf, type VmSession } from '../vm/session.ts';
import { rootOfSockets } from '../vm/sockets.ts';
import { migrationEnd, setCapabilities } from './migration.ts';
import { settleMove } from './settle-move.ts';
import { standStill } from './stand-still.ts';
import { withMachine } from './with-machine.ts';

const greetingMs = 15_000;
const bandwidth = 2 ** 50;

/**
 * A running machine, by migration on this host, into another QEMU that has its memory in a file mapped shared. Two of
 * them cannot listen at the same places: the new one has sockets of its own, and gets the ports when the old is gone.
 *
 * What is being done is on record from before the new QEMU starts (`running.moving`); the machine is the old one's
 * until the state names the other process. `settleMove` does the rest from there, or takes it back: here, and in the
 * next command when this one is killed.
 */
export async function moveMemory(deps: Dependencies, call: Call, session: VmSession, ramPath: string): Promise<void> {
  const { running } = session.ledger;
  if (!running || (session.state.kind !== 'ready' && session.state.kind !== 'paused')) {
    throw new Error(`a machine that is ${session.state.kind} cannot be moved`);
  }
  const moving: MovingRun = {
    runId: `run-${deps.clock.now().toString(36)}-${deps.randomHex(2)}`,
    sockets: otherSockets(rootOfSockets(deps, session.identity.id), running.sockets),
    memory: { kind: 'shared', path: ramPath },
  };
  await session.saveLedger({ ...session.ledger, running: { ...running, moving } });
  try {
    await migrate(deps, call, session, moving);
  } finally {
    await settleMove(deps, session);
  }
}

/** Names that the QEMU which has the machine now does not use. */
function otherSockets(directory: string, now: RunningResources['sockets']): RunningResources['sockets'] {
  const prefix = now.qmp.endsWith('/qmp') ? 'm-' : '';
  const path = (name: string): string => `${directory}/${prefix}${name}`;
  return {
    qmp: path('qmp'),
    console: path('console'),
    agent: path('agent'),
    // One port less is another machine.
    ...(now.renewal === undefined ? {} : { renewal: path('renewal') }),
  };
}

async function migrate(deps: Dependencies, call: Call, session: VmSession, moving: MovingRun): Promise<void> {
  const { plan, kept } = session;
  const runDirectory = runDirectoryOf(session.directory, moving.runId);
  await deps.files.remove(moving.memory.path);
  await deps.files.write(moving.memory.path, '', 0o600, { durable: false });
  const args = qemuArguments(plan, kept, {
    ports: [],
    sockets: moving.sockets,
    memory: moving.memory,
    logDirectory: runDirectory,
    incoming: true,
  });
  const launcher = await deps.launcher();
  const launched = await launcher.launch(
    { executable: plan.qemu.path, args, runId: moving.runId, runDirectory },
    call.signal,
  );
  const taker = await launcher.connect(moving.sockets.qmp, deadlineIn(deps.clock, greetingMs, call.signal));
  try {
    await withMachine(deps, call, session, async (giver) => {
      await standStill(deps, giver);
      await handOver(deps, giver, taker, `${rootOfSockets(deps, session.identity.id)}/move`, call.signal);
    });
    await session.apply({ type: 'moved', process: launched.process }, { runId: moving.runId });
  } finally {
    taker.close();
  }
}

async function handOver(
  deps: Dependencies,
  giver: QmpSession,
  taker: QmpSession,
  socket: string,
  signal: AbortSignal,
): Promise<void> {
  for (const qmp of [giver, taker]) await setCapabilities(qmp, { ignoreShared: false, mappedRam: false });
  await giver.execute('migrate-set-parameters', { 'max-bandwidth': bandwidth });
  try {
    await taker.execute('migrate-incoming', { uri: `unix:${socket}` });
    await giver.execute('migrate', { uri: `unix:${socket}` });
    for (const qmp of [giver, taker]) {
      const end = await migrationEnd(deps, qmp, signal);
      if (end.status !== 'completed') {
        fail('host.qemu-failed', `the machine could not be moved: ${end['error-desc'] ?? end.status}`);
      }
    }
  } finally {
    await deps.files.remove(socket);
  }
}
