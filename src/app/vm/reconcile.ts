import { deadlineIn } from '../../core/deadline.ts';
import type { ExitStatus } from '../../core/ports/vm-launcher.ts';
import { processOf } from '../../core/vm/transition.ts';
import type { LastExit } from '../../core/vm/vm-state.ts';
import type { Dependencies } from '../dependencies.ts';
import { abandonRestore } from './abandon-restore.ts';
import { failureOf } from './failure.ts';
import { removeVm } from './remove-vm.ts';
import type { VmSession } from './session.ts';

const guardianPatienceMs = 3_000;

/**
 * The record against the world, by its new writer. Whoever held the lock before is dead or done, so a transient
 * state means a crash: preparing and destroying are finished by removal; a launch is taken back or adopted; a
 * process that ended is recorded with what is known of its end.
 */
export async function reconcile(deps: Dependencies, session: VmSession): Promise<'here' | 'gone'> {
  const { state } = session;
  if (session.ledger.running && !processOf(state) && state.kind !== 'starting') {
    // Killed between the record of a state without a process and the end of the process.
    await session.endRunning();
    if (state.kind !== 'destroying') await session.releaseRunning();
  }
  if (state.kind === 'preparing' || state.kind === 'destroying') {
    await session.apply({ type: 'destroy-requested' });
    await removeVm(deps, session);
    return 'gone';
  }
  if (session.ledger.running?.moving)
    await (await import('../machine/settle-move.ts')).settleAbandonedMove(deps, session);
  if (session.ledger.kept.freezing) await (await import('../template/first-fork.ts')).settleFreeze(deps, session);
  if (state.kind === 'starting') {
    await adopt(deps, session);
    return 'here';
  }
  if (state.kind === 'restoring' || (state.kind === 'paused' && session.ledger.kept.restore?.kind === 'own')) {
    await (await import('./reconcile-memory.ts')).reconcileMemory(deps, session, recordEnd);
    return 'here';
  }
  const process = processOf(session.state);
  if (process && !(await deps.processes.isAlive(process))) await recordEnd(deps, session);
  return 'here';
}

async function adopt(deps: Dependencies, session: VmSession): Promise<void> {
  const launcher = await deps.launcher();
  const { running } = session.ledger;
  const launched = session.runId && running ? await launcher.recover(session.runDirectory, session.runId) : undefined;
  if (launched && running) {
    await session.saveLedger({ ...session.ledger, running: { ...running, ...launched } });
    await session.apply({ type: 'launched', process: launched.process });
  }
  if (await abandonRestore(session)) return;
  if (!launched || !running) {
    const exit: LastExit = {
      at: deps.clock.now(),
      reason: 'unknown',
      message: 'the command that started it was killed before QEMU ran',
    };
    await session.apply({ type: 'process-exited', exit });
    return;
  }
  try {
    const qmp = await launcher.connect(running.sockets.qmp, deadlineIn(deps.clock, 3_000));
    qmp.close();
    await session.apply({ type: 'qmp-greeted' });
  } catch (error) {
    await session.apply({ type: 'failed', failure: await failureOf(deps, session, 'launch', error) });
  }
}

/** Called with the process gone. What is known of its end decides between stopped and failed. */
export async function recordEnd(deps: Dependencies, session: VmSession): Promise<LastExit> {
  const exit = await howItEnded(deps, session);
  const { state } = session;
  const died = exit.reason === 'crashed' || exit.reason === 'killed' || exit.reason === 'unknown';
  if (died && state.kind !== 'stopping') {
    const error = new Error(exit.message ?? 'QEMU ended');
    await session.apply({ type: 'failed', failure: await failureOf(deps, session, 'running', error) });
  } else await session.apply({ type: 'process-exited', exit });
  return exit;
}

async function howItEnded(deps: Dependencies, session: VmSession): Promise<LastExit> {
  const now = deps.clock.now();
  const process = processOf(session.state);
  const self = await deps.processes.identify(deps.ownPid);
  if (process && self && process.bootId !== self.bootId)
    return { at: now, reason: 'host-rebooted', message: 'the host was rebooted' };
  const launcher = await deps.launcher();
  const status = await exitAsRecorded(deps, session);
  const words = await launcher.ownWords(session.runDirectory);
  if (!status.known) {
    return {
      at: now,
      reason: 'unknown',
      message: 'QEMU ended and its exit status is not known (its parent was killed with it)',
    };
  }
  const base = { at: status.at, exitCode: status.exitCode };
  if (session.state.kind === 'stopping') return { ...base, reason: 'stopped' };
  if (status.exitCode > 128)
    return { ...base, reason: 'killed', message: `QEMU was killed by signal ${status.exitCode - 128}` };
  if (status.exitCode !== 0)
    return {
      ...base,
      reason: 'crashed',
      message: `QEMU ended with status ${status.exitCode}: ${words.at(-1) ?? 'it said nothing'}`,
    };
  const terminated = words.find((line) => /terminating on signal \d+/.test(line));
  if (terminated) return { ...base, reason: 'killed', message: terminated };
  return { ...base, reason: 'powered-off', message: 'the guest powered itself off' };
}

/** The guardian notes the status a moment after QEMU is gone; without a living guardian there is nothing to wait for. */
async function exitAsRecorded(deps: Dependencies, session: VmSession): Promise<ExitStatus> {
  const launcher = await deps.launcher();
  const guardian = session.ledger.running?.guardian;
  const end = deps.clock.now() + guardianPatienceMs;
  for (;;) {
    const living = guardian !== undefined && (await deps.processes.isAlive(guardian));
    const status = await launcher.exitStatus(session.runDirectory, session.runId ?? '');
    if (status.known || !living || deps.clock.now() > end) return status;
    await deps.clock.sleep(10);
  }
}
