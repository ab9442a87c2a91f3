import { deadlineIn } from '../../core/deadline.ts';
import type { Answer, Call, StartOptions } from '../../core/engine.ts';
import { fail, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { Launched, VmLauncher } from '../../core/ports/vm-launcher.ts';
import { explainNetworkFailure, isLostPort } from '../../core/qemu/network.ts';
import { qemuArguments } from '../../core/qemu/qemu-arguments.ts';
import type { BootMark } from '../../core/vm/vm-state.ts';
import type { Dependencies } from '../dependencies.ts';
import { awaitReady } from './await-ready.ts';
import { failureOf, withEvidence } from './failure.ts';
import { runDirectoryOf, type VmSession } from './session.ts';
import { snapshotByName } from './snapshot.ts';
import { rootOfSockets, socketsOf } from './sockets.ts';
import { admitted, withVm } from './with-vm.ts';

const greetingMs = 15_000;
const launchTries = 5;
/** Console and QEMU's words of so many runs are kept, the one that begins included. */
const keptRuns = 5;

export async function startVm(deps: Dependencies, call: Call, name: string, options: StartOptions): Promise<Answer> {
  const begun = await withVm(deps, call, name, 'start', async (session) => {
    const admission = admitted(session, 'start');
    if (!admission.go) return { outcome: 'ignored', reason: admission.reason } as const;
    requireAcceleration(session, options.requireAccel ?? false);
    await requireParts(deps, session);
    await launchOnFreePorts(deps, call, session);
    return { outcome: 'accepted' } as const;
  });
  if (options.wait)
    await awaitReady(deps, call, name, {
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      starter: begun.outcome === 'accepted',
    });
  return { ...begun, vm: await snapshotByName(deps, name) };
}

function requireAcceleration(session: VmSession, required: boolean): void {
  const { accelerator } = session.plan;
  if (!required || accelerator.value !== 'tcg') return;
  fail(
    'host.accelerator-unavailable',
    `hardware acceleration is required and VM ${session.identity.name} would be emulated: ${accelerator.reason}`,
    {
      next: ['sysmonvm doctor --refresh'],
    },
  );
}

async function requireParts(deps: Dependencies, session: VmSession): Promise<void> {
  const { kept, plan } = session;
  for (const path of [
    kept.overlayPath,
    kept.seedPath,
    kept.baseImagePath,
    kept.varsPath,
    kept.kernelPath,
    plan.firmware?.codePath,
  ]) {
    if (path === undefined || (await deps.files.exists(path))) continue;
    fail('vm.incomplete', `VM ${session.identity.name} cannot start: ${path} is missing`, {
      details: { path },
      next: [`sysmonvm vm-destroy ${session.identity.name}`],
    });
  }
  if (await deps.files.exists(plan.qemu.path)) return;
  fail('host.tool-missing', `${plan.qemu.path} is not there any more`, {
    details: { tool: plan.qemu.path },
    next: ['sysmonvm host-setup'],
  });
}

/** Our registry knows this user's ports. One that another user or program takes between our look and QEMU's is lost. */
async function launchOnFreePorts(deps: Dependencies, call: Call, session: VmSession): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(deps, call, session);
    } catch (error) {
      if (attempt === launchTries || !isLostPort(error)) throw error;
      call.report({ kind: 'notice', level: 'info', text: 'another program took a port meanwhile; others are chosen' });
    }
  }
}

/** Ports, ledger, state, process, control socket: in this order, so that each step is on record before the next. */
async function launch(deps: Dependencies, call: Call, session: VmSession): Promise<void> {
  const { plan, kept, identity } = session;
  const runId = `run-${deps.clock.now().toString(36)}-${deps.randomHex(2)}`;
  const runDirectory = runDirectoryOf(session.directory, runId);
  const socketDirectory = rootOfSockets(deps, identity.id);
  await deps.files.makeDirectory(socketDirectory, 0o700);
  await deps.files.makeDirectory(runDirectory, 0o700);
  await deps.store.pruneRuns(identity.id, runId, keptRuns);
  const self = await deps.processes.identify(deps.ownPid);
  if (!self) throw new Error('the identity of this process cannot be read');
  const leases = await deps.leases();
  const owner = { vmId: identity.id, vmName: identity.name, workspace: deps.store.workspace, process: self };
  const ports = await leases.take(plan.ports, owner, call.signal);
  const running = { ports, sockets: socketsOf(socketDirectory) };
  const launcher = await deps.launcher();
  try {
    await session.saveLedger({ ...session.ledger, running });
    const startedAt = deps.clock.now();
    await session.apply({ type: 'start-requested' }, { runId });
    const args = qemuArguments(plan, kept, { ...running, logDirectory: runDirectory });
    const launched = await launcher.launch({ executable: plan.qemu.path, args, runId, runDirectory }, call.signal);
    await session.saveLedger({ ...session.ledger, running: { ...running, ...launched } });
    await session.apply({ type: 'launched', process: launched.process });
    await leases.assign(identity.id, launched.process);
    await mark(session, call, { name: 'process-started', at: startedAt, source: 'host' }, startedAt);
    await greet(deps, call, session, launcher, launched, running.sockets.qmp);
    await session.apply({ type: 'qmp-greeted' });
    await mark(session, call, { name: 'qmp-greeting', at: deps.clock.now(), source: 'qmp' }, startedAt);
  } catch (thrown) {
    const error = explainNetworkFailure(plan, thrown);
    const failure = await failureOf(deps, session, 'launch', error);
    await session.apply({ type: 'failed', failure });
    await session.releaseRunning();
    throw call.signal.aborted ? error : withEvidence(error, failure, identity.name);
  }
}

async function mark(session: VmSession, call: Call, bootMark: BootMark, startedAt: number): Promise<void> {
  await session.apply({ type: 'marked', mark: bootMark });
  call.report({ kind: 'mark', mark: bootMark, startedAt });
}

/** The greeting, or QEMU's own words when it ends instead. */
async function greet(
  deps: Dependencies,
  call: Call,
  session: VmSession,
  launcher: VmLauncher,
  launched: Launched,
  socket: string,
): Promise<void> {
  const stop = new AbortController();
  const signal = AbortSignal.any([call.signal, stop.signal]);
  const greeted = launcher.connect(socket, deadlineIn(deps.clock, greetingMs, signal)).then((qmp) => qmp.close());
  const died = (async () => {
    while (!signal.aborted) {
      if (!(await deps.processes.isAlive(launched.process))) {
        const words = await launcher.ownWords(session.runDirectory);
        throw new SysmonvmError('host.qemu-failed', `QEMU ended while starting: ${words.at(-1) ?? 'it said nothing'}`, {
          details: { qemuTail: words },
        });
      }
      await deps.clock.sleep(25, signal).catch(() => undefined);
    }
  })();
  try {
    await Promise.race([greeted, died.then(() => greeted)]);
  } finally {
    stop.abort();
    await Promise.allSettled([greeted, died]);
  }
}
