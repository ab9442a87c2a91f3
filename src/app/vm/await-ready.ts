import { type Deadline, remainingMs } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import { fail, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import { marksOf, processOf } from '../../core/vm/transition.ts';
import type { BootMark, MarkName } from '../../core/vm/vm-state.ts';
import type { Dependencies } from '../dependencies.ts';
import { askForBoot, recordBoot, recordSample } from '../measure/record-start.ts';
import { watchConsole } from './console-watch.ts';
import { consoleTail, failureOf, withEvidence } from './failure.ts';
import { type Answering, probeGuest } from './probe-guest.ts';
import { recordEnd } from './reconcile.ts';
import { runDirectoryOf } from './session.ts';
import { admitted, findVm, withVm } from './with-vm.ts';

/**
 * Waits for a booting VM without holding its lock: each mark is recorded under a short lock of its own, so that
 * another command may stop or destroy the VM meanwhile; this one then ends with that as its reason.
 *
 * Three things run side by side until the first one ends: the probes (SSH banner, login, cloud-init), the console
 * (stages, kernel panic) and the life of the process.
 *
 * The `starter` is the command that launched the VM: when it fails, is interrupted or its deadline passes, it ends
 * the VM. Anybody else only stops waiting.
 */
export interface WaitOptions {
  readonly timeoutMs?: number;
  readonly starter: boolean;
}

interface Waiting {
  readonly deps: Dependencies;
  readonly call: Call;
  readonly name: string;
  readonly startedAt: number;
  readonly runDirectory: string;
  readonly deadline: Deadline;
}

export async function awaitReady(deps: Dependencies, call: Call, name: string, options: WaitOptions): Promise<void> {
  const begun = await withVm(deps, call, name, 'wait', async (session) => {
    if (!admitted(session, 'wait-ready').go) return undefined;
    return {
      plan: session.plan,
      kept: session.kept,
      ledger: session.ledger,
      state: session.state,
      runId: session.runId,
      directory: session.directory,
    };
  });
  if (!begun?.runId) return;
  const { plan, state } = begun;
  const stop = new AbortController();
  const startedAt = marksOf(state).find((m) => m.name === 'process-started')?.at ?? state.since;
  const timeoutMs = options.timeoutMs ?? plan.readyTimeoutMs;
  const waiting: Waiting = {
    deps,
    call,
    name,
    startedAt,
    runDirectory: runDirectoryOf(begun.directory, begun.runId),
    deadline: { at: deps.clock.now() + timeoutMs, signal: AbortSignal.any([call.signal, stop.signal]), attempts: [] },
  };
  const process = processOf(state);
  const onMark = (mark: MarkName, source: BootMark['source']): Promise<void> =>
    record(waiting, { name: mark, at: deps.clock.now(), source });
  const sshPort = begun.ledger.running?.ports.find((port) => port.purpose === 'ssh')?.host;
  const agentSocket = begun.ledger.running?.sockets.agent;
  const parts = [
    probeGuest({
      deps,
      call,
      deadline: waiting.deadline,
      plan,
      kept: begun.kept,
      vmId: begun.kept.instanceId,
      onMark,
      ...(sshPort === undefined ? {} : { sshPort }),
      ...(agentSocket === undefined ? {} : { agentSocket }),
    }),
    watchConsole({
      deps,
      call,
      path: `${waiting.runDirectory}/console.log`,
      fromStart: options.starter,
      signal: waiting.deadline.signal,
      onMark,
    }),
    watchProcess(waiting, process),
    watchDeadline(waiting, timeoutMs),
  ];
  let answering: Answering | undefined;
  let changed = false;
  try {
    answering = await Promise.race(parts);
    changed = await ready(waiting);
  } catch (error) {
    answering?.close();
    throw await explain(waiting, options, error);
  } finally {
    // What the console shows from here on is no stage of this boot.
    stop.abort();
    await Promise.allSettled(parts);
  }
  try {
    if (changed) await recordBoot(deps, call, name, await askForBoot(deps, call, answering.capture));
  } finally {
    answering.close();
  }
}

async function record(waiting: Waiting, mark: BootMark): Promise<void> {
  const { deps, call, name, startedAt } = waiting;
  call.report({ kind: 'mark', mark, startedAt });
  await withVm(deps, call, name, `mark ${mark.name}`, async (session) => {
    await session.apply({ type: 'marked', mark });
  });
}

/** False when somebody else who waited for it was faster. */
async function ready(waiting: Waiting): Promise<boolean> {
  const { deps, call, name, startedAt } = waiting;
  const mark: BootMark = { name: 'ready', at: deps.clock.now(), source: 'host' };
  const changed = await withVm(deps, call, name, 'ready', async (session) => {
    const { kind } = session.state;
    if (kind !== 'booting' && kind !== 'ready') admitted(session, 'wait-ready');
    await session.apply({ type: 'marked', mark });
    await session.apply({ type: 'became-ready' });
    return kind === 'booting';
  });
  call.report({ kind: 'mark', mark, startedAt });
  return changed;
}

async function watchProcess({ deps, name, deadline }: Waiting, process: ReturnType<typeof processOf>): Promise<never> {
  while (process && (await deps.processes.isAlive(process))) await deps.clock.sleep(200, deadline.signal);
  return fail('guest.exited', `QEMU ended before VM ${name} was ready`);
}

async function watchDeadline({ deps, name, deadline }: Waiting, timeoutMs: number): Promise<never> {
  await deps.clock.sleep(remainingMs(deadline, deps.clock), deadline.signal);
  const last = deadline.attempts.at(-1);
  return fail(
    'guest.boot-deadline',
    `VM ${name} was not ready within ${Math.round(timeoutMs / 1000)} s; ${last ? `last try: ${last.what}: ${last.outcome}` : 'nothing was tried yet'}`,
    {
      details: { timeoutMs, ...(last ? { lastAnswer: `${last.what}: ${last.outcome}` } : {}) },
    },
  );
}

/** What the user is told, and what becomes of the VM. */
async function explain(waiting: Waiting, { starter }: WaitOptions, error: unknown): Promise<unknown> {
  const { deps, call, name, runDirectory } = waiting;
  // The call may be aborted; what follows must run all the same.
  const own: Call = { ...call, signal: new AbortController().signal };
  if (call.signal.aborted) {
    if (starter) await endAfterInterrupt(deps, own, name);
    return error;
  }
  const current = await deps.store.find(name);
  if (!current) return new SysmonvmError('vm.not-found', `VM ${name} was destroyed by another command while it booted`);
  const { kind } = current.recorded.state;
  if (kind === 'stopping' || kind === 'stopped') {
    const powered = current.recorded.state.kind === 'stopped' ? current.recorded.state.lastExit?.reason : undefined;
    if (powered === 'powered-off')
      return new SysmonvmError('guest.powered-off', `VM ${name} powered itself off while it booted`, {
        details: { consoleTail: await consoleTail(deps, runDirectory) },
      });
    return new SysmonvmError('vm.refused', `VM ${name} was stopped by another command while it booted`, {
      next: [`sysmonvm vm-start ${name}`],
    });
  }
  return withVm(deps, own, name, 'record a failed boot', async (session) => {
    const reached = marksOf(session.state).at(-1)?.name ?? 'launch';
    if (starter) await recordSample(deps, session, 'boot', {}, error);
    const died = error instanceof SysmonvmError && error.code === 'guest.exited';
    const failure =
      session.state.kind === 'failed' ? session.state.failure : await failureOf(deps, session, reached, error);
    if (died && session.state.kind !== 'failed') {
      const exit = await recordEnd(deps, session);
      const told = new SysmonvmError(
        'guest.exited',
        `VM ${name} ended before it was ready: ${exit.message ?? exit.reason}`,
      );
      return withEvidence(told, failure, name);
    }
    if (starter || (error instanceof SysmonvmError && error.code === 'guest.panic'))
      await session.apply({ type: 'failed', failure });
    return withEvidence(error, failure, name);
  });
}

async function endAfterInterrupt(deps: Dependencies, call: Call, name: string): Promise<void> {
  await findVm(deps, name).catch(() => undefined);
  await withVm(deps, call, name, 'end after interrupt', async (session) => {
    const process = processOf(session.state);
    await session.apply({ type: 'stop-requested', rung: 'kill' });
    if (!process) return;
    const { endProcess } = await import('./end-process.ts');
    await endProcess(deps, process);
    await session.apply({
      type: 'process-exited',
      exit: { at: deps.clock.now(), reason: 'stopped', message: 'the command that started it was interrupted' },
    });
  }).catch((error: unknown) => {
    if (!(error instanceof SysmonvmError) || error.code !== 'vm.not-found') throw error;
  });
}
