import { deadlineIn } from '../../core/deadline.ts';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { Launched, QmpSession } from '../../core/ports/vm-launcher.ts';
import type { MovingRun, RunningResources } from '../../core/resources/ledger.ts';
import { processOf } from '../../core/vm/transition.ts';
import type { Dependencies } from '../dependencies.ts';
import { endProcess } from '../vm/end-process.ts';
import { failureOf } from '../vm/failure.ts';
import { runDirectoryOf, type VmSession } from '../vm/session.ts';
import { goOn } from './stand-still.ts';

const connectMs = 5_000;
const portTries = 20;

/** Finishes a move when the machine is the new QEMU's, else takes it back. Every step may be repeated. */
export async function settleMove(deps: Dependencies, session: VmSession): Promise<void> {
  const { running } = session.ledger;
  const moving = running?.moving;
  if (!running || !moving) return;
  const launcher = await deps.launcher();
  const taker = await launcher.recover(runDirectoryOf(session.directory, moving.runId), moving.runId);
  if (session.runId === moving.runId) await forward(deps, session, running, moving, taker);
  else await back(deps, session, running, moving, taker);
}

/** For the command that comes after one that was killed: a move that can neither be finished nor taken back ends the VM. */
export async function settleAbandonedMove(deps: Dependencies, session: VmSession): Promise<void> {
  const moving = session.ledger.running?.moving;
  if (!moving) return;
  try {
    await settleMove(deps, session);
  } catch (error) {
    const launcher = await deps.launcher();
    const taker = await launcher.recover(runDirectoryOf(session.directory, moving.runId), moving.runId);
    await session.endRunning();
    if (taker) await endProcess(deps, taker.process);
    await session.apply({ type: 'failed', failure: await failureOf(deps, session, 'running', error) });
  }
}

async function forward(
  deps: Dependencies,
  session: VmSession,
  running: RunningResources,
  moving: MovingRun,
  taker: Launched | undefined,
): Promise<void> {
  await session.endRunning(running.process);
  for (const socket of Object.values(running.sockets)) await deps.files.remove(socket);
  if (taker) {
    await (await deps.leases()).assign(session.identity.id, taker.process);
    await withQmp(deps, moving.sockets.qmp, async (qmp) => {
      for (const { host, guest } of running.ports) await forwardPort(deps, qmp, host, guest);
      if (session.state.kind === 'ready') await goOn(deps, qmp);
    });
  }
  const { moving: _, process: __, guardian: ___, ...rest } = running;
  const { sockets, memory } = moving;
  await session.saveLedger({ ...session.ledger, running: { ...rest, ...taker, sockets, memory } });
}

async function back(
  deps: Dependencies,
  session: VmSession,
  running: RunningResources,
  moving: MovingRun,
  taker: Launched | undefined,
): Promise<void> {
  if (taker) {
    await endProcess(deps, taker.process);
    await endProcess(deps, taker.guardian);
  }
  for (const path of [...Object.values(moving.sockets), moving.memory.path]) await deps.files.remove(path);
  const process = processOf(session.state);
  if (session.state.kind === 'ready' && process && (await deps.processes.isAlive(process))) {
    await withQmp(deps, running.sockets.qmp, (qmp) => goOn(deps, qmp));
  }
  const { moving: _, ...rest } = running;
  await session.saveLedger({ ...session.ledger, running: rest });
}

async function withQmp(deps: Dependencies, socket: string, work: (qmp: QmpSession) => Promise<void>): Promise<void> {
  const qmp = await (await deps.launcher()).connect(socket, deadlineIn(deps.clock, connectMs));
  try {
    await work(qmp);
  } finally {
    qmp.close();
  }
}

/** The old QEMU is gone, but the host may hold its port for a moment. What a killed command added is added anew. */
async function forwardPort(deps: Dependencies, qmp: QmpSession, host: number, guest: number): Promise<void> {
  const monitor = (line: string): Promise<string> => qmp.execute('human-monitor-command', { 'command-line': line });
  await monitor(`hostfwd_remove net0 tcp:127.0.0.1:${host}`);
  for (let attempt = 1; ; attempt++) {
    const words = await monitor(`hostfwd_add net0 tcp:127.0.0.1:${host}-:${guest}`);
    if (words.trim() === '') return;
    if (attempt === portTries) {
      throw new SysmonvmError('host.port-in-use', `port ${host} could not be forwarded again: ${words.trim()}`);
    }
    await deps.clock.sleep(50);
  }
}
