import { deadlineIn } from '../../core/deadline.ts';
import type { Answer, Call } from '../../core/engine.ts';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { ProcessIdentity } from '../../core/ports/process-runner.ts';
import { processOf } from '../../core/vm/transition.ts';
import type { Dependencies } from '../dependencies.ts';
import { goOn } from '../machine/stand-still.ts';
import { withMachine } from '../machine/with-machine.ts';
import { endProcess, waitForEnd } from './end-process.ts';
import { recordEnd } from './reconcile.ts';
import { snapshotByName } from './snapshot.ts';
import { admitted, withVm } from './with-vm.ts';

const gracefulMs = 60_000;
/** A guest that is still booting loses an early power button; it is pressed again. */
const pressAgainMs = 3_000;

export interface StopOptions {
  readonly force: boolean;
  readonly timeoutMs?: number;
}

/** The ladder: power button until the deadline, then TERM to QEMU, then KILL. Waits without holding the lock. */
export async function stopVm(deps: Dependencies, call: Call, name: string, options: StopOptions): Promise<Answer> {
  const begun = await withVm(deps, call, name, 'stop', async (session) => {
    const admission = admitted(session, 'stop');
    if (!admission.go) return { reason: admission.reason };
    const process = processOf(session.state);
    // A guest that stands still does not hear the power button.
    if (session.state.kind === 'paused' && !options.force) {
      await withMachine(deps, call, session, (qmp) => goOn(deps, qmp)).catch(() => undefined);
    }
    await session.apply({ type: 'stop-requested', rung: options.force ? 'terminate' : 'powerdown' });
    return { process, qmp: session.ledger.running?.sockets.qmp };
  });
  if ('reason' in begun) return { outcome: 'ignored', reason: begun.reason, vm: await snapshotByName(deps, name) };
  const { process, qmp } = begun;
  if (process) {
    const gone =
      !options.force &&
      qmp !== undefined &&
      (await pressPowerButton(deps, call, process, qmp, options.timeoutMs ?? gracefulMs));
    if (!gone) await force(deps, call, name, process, options.force);
    await withVm(deps, call, name, 'record the end', async (session) => {
      const now = processOf(session.state);
      if (now && !(await deps.processes.isAlive(now))) await recordEnd(deps, session);
    });
  }
  return { outcome: 'accepted', vm: await snapshotByName(deps, name) };
}

async function pressPowerButton(
  deps: Dependencies,
  call: Call,
  process: ProcessIdentity,
  socket: string,
  timeoutMs: number,
): Promise<boolean> {
  const launcher = await deps.launcher();
  const end = deps.clock.now() + timeoutMs;
  while (deps.clock.now() < end) {
    try {
      const qmp = await launcher.connect(socket, deadlineIn(deps.clock, 2_000, call.signal));
      await qmp.execute('system_powerdown');
      qmp.close();
    } catch (error) {
      call.signal.throwIfAborted();
      if (!(await deps.processes.isAlive(process))) return true;
      const answer = error instanceof Error ? error.message : String(error);
      call.report({ kind: 'waiting', probe: 'power button', answer });
    }
    if (await waitForEnd(deps, process, Math.min(pressAgainMs, Math.max(0, end - deps.clock.now())), call.signal))
      return true;
  }
  call.report({
    kind: 'notice',
    level: 'warning',
    text: `the guest did not power off within ${Math.round(timeoutMs / 1000)} s; QEMU is ended`,
  });
  return false;
}

async function force(
  deps: Dependencies,
  call: Call,
  name: string,
  process: ProcessIdentity,
  already: boolean,
): Promise<void> {
  if (!already) {
    await withVm(deps, call, name, 'stop by force', async (session) => {
      await session.apply({ type: 'stop-requested', rung: 'terminate' });
    }).catch((error: unknown) => {
      if (!(error instanceof SysmonvmError) || error.code !== 'vm.not-found') throw error;
    });
  }
  await endProcess(deps, process);
}
