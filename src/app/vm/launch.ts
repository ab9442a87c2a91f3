import type { Call } from '../../core/engine.ts';
import type { QmpSession } from '../../core/ports/vm-launcher.ts';
import { explainNetworkFailure } from '../../core/qemu/network.ts';
import { pinnedCommand } from '../../core/qemu/pinned-command.ts';
import { qemuArguments } from '../../core/qemu/qemu-arguments.ts';
import type { MemoryOfRun, RunningResources } from '../../core/resources/ledger.ts';
import { wantedPorts } from '../../core/resources/wanted-ports.ts';
import type { Dependencies } from '../dependencies.ts';
import { requireTaskset } from '../machine/require-taskset.ts';
import { abandonRestore } from './abandon-restore.ts';
import { failureOf, withEvidence } from './failure.ts';
import { greet } from './greet.ts';
import { recordMark } from './record-mark.ts';
import { runDirectoryOf, type VmSession } from './session.ts';
import { rootOfSockets, socketsOf } from './sockets.ts';
import type { StartVmOptions } from './start-vm-options.ts';

/** Console and QEMU's words of so many runs are kept, the one that begins included. */
const keptRuns = 5;

/**
 * Ports, ledger, state, process, control socket: in this order, so that each step is on record before the next. A
 * machine with a memory state on record is then restored, over the control connection of its greeting.
 */
export async function launch(
  deps: Dependencies,
  call: Call,
  session: VmSession,
  options: StartVmOptions,
): Promise<void> {
  const { plan, kept, identity } = session;
  const { restore } = kept;
  const runId = `run-${deps.clock.now().toString(36)}-${deps.randomHex(2)}`;
  const runDirectory = runDirectoryOf(session.directory, runId);
  if (plan.pinnedCpus) await requireTaskset(await deps.runner());
  if (restore) await (await import('../machine/own-state.ts')).requireState(deps, session, restore);
  const running = await claimRun(deps, call, session, runDirectory, await memoryOf(deps, session, options));
  await deps.store.pruneRuns(identity.id, runId, keptRuns);
  const launcher = await deps.launcher();
  let qmp: QmpSession | undefined;
  try {
    await session.saveLedger({ ...session.ledger, running });
    const startedAt = deps.clock.now();
    await session.apply({ type: 'start-requested' }, { runId });
    const still = options.snapshot !== undefined;
    const run = { ...running, logDirectory: runDirectory, incoming: restore !== undefined, still };
    const args = qemuArguments(plan, kept, run);
    const command = pinnedCommand(plan.qemu.path, args, plan.pinnedCpus?.value);
    const launched = await launcher.launch({ ...command, runId, runDirectory }, call.signal);
    await session.saveLedger({ ...session.ledger, running: { ...running, ...launched } });
    await session.apply({ type: 'launched', process: launched.process });
    await (await deps.leases()).assign(identity.id, launched.process);
    await recordMark(session, call, { name: 'process-started', at: startedAt, source: 'host' }, startedAt);
    qmp = await greet(deps, call, session, launcher, launched, running.sockets.qmp);
    await session.apply({ type: 'qmp-greeted', ...(restore || still ? { restoring: true } : {}) });
    await recordMark(session, call, { name: 'qmp-greeting', at: deps.clock.now(), source: 'qmp' }, startedAt);
    if (!restore && !still) return;
    const { restoreVm } = await import('./restore-vm.ts');
    await restoreVm({ deps, call, session, qmp, source: restore, running, startedAt }, options);
  } catch (thrown) {
    throw await taken(deps, call, session, explainNetworkFailure(plan, thrown));
  } finally {
    qmp?.close();
  }
}

async function claimRun(
  deps: Dependencies,
  call: Call,
  session: VmSession,
  runDirectory: string,
  memory: MemoryOfRun | undefined,
): Promise<RunningResources> {
  const { plan, identity } = session;
  const socketDirectory = rootOfSockets(deps, identity.id);
  await deps.files.makeDirectory(socketDirectory, 0o700);
  await deps.files.makeDirectory(runDirectory, 0o700);
  const self = await deps.processes.identify(deps.ownPid);
  if (!self) throw new Error('the identity of this process cannot be read');
  const owner = { vmId: identity.id, vmName: identity.name, workspace: deps.store.workspace, process: self };
  const ports = await (await deps.leases()).take(wantedPorts(plan.ports, session.kept), owner, call.signal);
  return { ports, sockets: socketsOf(socketDirectory), ...(memory ? { memory } : {}) };
}

async function memoryOf(
  deps: Dependencies,
  { kept, directory }: VmSession,
  options: StartVmOptions,
): Promise<MemoryOfRun | undefined> {
  const ramPath = kept.restore?.ramPath;
  if (ramPath !== undefined) return { kind: 'private', path: ramPath, readOnly: kept.restore?.readOnlyRam ?? false };
  if (options.memory !== 'shared') return undefined;
  const path = `${directory}/ram`;
  await deps.files.remove(path);
  // QEMU gives an empty file its length; made by us, it is private.
  await deps.files.write(path, '', 0o600, { durable: false });
  return { kind: 'shared', path };
}

/** The VM after a launch that failed. As long as the memory state is on record, nothing of it is lost. */
async function taken(deps: Dependencies, call: Call, session: VmSession, error: unknown): Promise<unknown> {
  const failure = await failureOf(deps, session, 'launch', error);
  if (!(await abandonRestore(session))) await session.apply({ type: 'failed', failure });
  await session.releaseRunning();
  return call.signal.aborted ? error : withEvidence(error, failure, session.identity.name);
}
