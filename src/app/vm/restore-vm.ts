import type { Call } from '../../core/engine.ts';
import { hasCode, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { QmpSession } from '../../core/ports/vm-launcher.ts';
import type { RestoreSource, RunningResources } from '../../core/resources/ledger.ts';
import type { BootMark, MarkName } from '../../core/vm/vm-state.ts';
import type { Dependencies } from '../dependencies.ts';
import { loadState } from '../machine/load-state.ts';
import type { ForkRenewal } from '../machine/renew-fork.ts';
import { loadSnapshot } from '../machine/snapshot-jobs.ts';
import { recordSample } from '../measure/record-start.ts';
import { recordMark } from './record-mark.ts';
import type { VmSession } from './session.ts';
import { sshTargetOf } from './ssh-target.ts';
import type { StartVmOptions } from './start-vm-options.ts';

export interface Restoring {
  readonly deps: Dependencies;
  readonly call: Call;
  readonly session: VmSession;
  readonly qmp: QmpSession;
  /** undefined: a snapshot in the machine's own disk. */
  readonly source: RestoreSource | undefined;
  readonly running: RunningResources;
  readonly startedAt: number;
}

const bannerTryMs = 1_500;
const longestBannerTryMs = 12_000;

/**
 * A machine that waits for its state, until its guest is ready; all of it under the VM's lock.
 *
 * The memory state is taken off the record before the guest runs. Until then nothing is lost by a failure; afterwards
 * a fork whose identity is not renewed may not go on, and its next start is a cold one, with its own seed.
 */
export async function restoreVm(restoring: Restoring, options: StartVmOptions): Promise<void> {
  const { session, qmp, source } = restoring;
  const renewal = source?.kind === 'fork' ? await openRenewal(restoring) : undefined;
  try {
    await load(restoring, options.snapshot);
    await mark(restoring, 'state-loaded', 'qmp');
    await renewal?.send();
    await letRun(restoring);
    if (renewal) await becomeItself(restoring, renewal, options);
  } finally {
    renewal?.close();
  }
  // From here on nothing may end a machine that nothing else has the memory of.
  const clock = renewal ? undefined : await setClock(restoring).catch(() => 'its clock may be behind');
  await session.apply({ type: 'became-ready', ...(clock === undefined ? {} : { degraded: clock }) });
  await mark(restoring, 'ready', 'host');
  await recordSample(restoring.deps, session, 'restore', { guestProblem: 'its memory was restored, it did not boot' });
  if (!options.pause) return;
  await session.apply({ type: 'paused' });
  await qmp.execute('stop');
}

async function openRenewal({ deps, call, session, running }: Restoring): Promise<ForkRenewal> {
  const { openForkRenewal } = await import('../machine/renew-fork.ts');
  return openForkRenewal(deps, call, session, running);
}

/**
 * A server that gives each connection a process which reads the host key itself is asked while the identity is
 * renewed: both are mostly code that is new to an emulator, and a guest has more than one processor. One that has
 * to be restarted for its key is asked afterwards.
 */
async function becomeItself(restoring: Restoring, renewal: ForkRenewal, options: StartVmOptions): Promise<void> {
  const { deps, call, session, running } = restoring;
  const port = running.ports.find(({ purpose }) => purpose === 'ssh')?.host;
  const wanted = port !== undefined && options.until !== 'identity';
  const early = port !== undefined && renewal.keepsServer;
  if (options.next === 'agent') renewal.rehearseAgent();
  if (early && options.next === 'ssh') {
    (await deps.shell()).connectEarly(sshTargetOf(session.plan, session.kept, port), call.signal);
  }
  const over = new AbortController();
  const signal = AbortSignal.any([call.signal, over.signal]);
  const asked = wanted && early ? firstBanner(restoring, port, signal) : undefined;
  asked?.catch(() => undefined);
  try {
    await renewal.finish();
    await mark(restoring, 'identity-renewed', 'guest');
    if (!wanted) return;
    const at = await (asked ?? firstBanner(restoring, port, signal));
    await recordMark(session, call, { name: 'ssh-banner', at, source: 'ssh' }, restoring.startedAt);
  } finally {
    over.abort();
  }
}

/** A guest that QEMU does not let go on never ran: its memory state is put on record again. */
async function letRun({ deps, session, qmp, source }: Restoring): Promise<void> {
  const { restore, ...kept } = session.ledger.kept;
  await session.saveLedger({ ...session.ledger, kept });
  try {
    await qmp.execute('cont');
  } catch (error) {
    if (restore && hasCode(error, 'host.qemu-failed')) {
      await session.saveLedger({ ...session.ledger, kept: { ...kept, restore } });
    }
    throw error;
  }
  if (source?.kind === 'own') await deps.files.remove(source.statePath);
}

async function setClock({ deps, call, session }: Restoring): Promise<string | undefined> {
  const { stepClock } = await import('../machine/step-clock.ts');
  return stepClock(deps, call, session);
}

/** A QEMU that cannot take the state may end; then it has said why. */
async function load({ deps, call, session, qmp, source }: Restoring, snapshot: string | undefined): Promise<void> {
  try {
    if (source) await loadState(deps, qmp, source, call.signal);
    else if (snapshot !== undefined) await loadSnapshot(deps, qmp, snapshot);
  } catch (error) {
    call.signal.throwIfAborted();
    const words = await (await deps.launcher()).ownWords(session.runDirectory);
    const { name } = session.identity;
    const reason = words.at(-1) ?? (error instanceof Error ? error.message : String(error));
    throw new SysmonvmError('vm.state-unusable', `the saved memory of VM ${name} cannot be restored: ${reason}`, {
      details: { qemuTail: words },
      next: [`sysmonvm vm-start ${name} --cold`],
      cause: error,
    });
  }
}

/**
 * The server ran when the machine was frozen: it answers as soon as the guest's network does. Each try costs the guest
 * a process, so on a busy host one that was too short is followed by a longer one.
 */
async function firstBanner({ deps, session }: Restoring, port: number, signal: AbortSignal): Promise<number> {
  const shell = await deps.shell();
  const end = deps.clock.now() + session.plan.readyTimeoutMs;
  for (let tryMs = bannerTryMs; ; tryMs = Math.min(2 * tryMs, longestBannerTryMs)) {
    try {
      await shell.banner(port, tryMs, signal);
      return deps.clock.now();
    } catch (error) {
      signal.throwIfAborted();
      if (deps.clock.now() > end) throw error;
      await deps.clock.sleep(5, signal);
    }
  }
}

async function mark(
  { deps, call, session, startedAt }: Restoring,
  name: MarkName,
  source: BootMark['source'],
): Promise<void> {
  await recordMark(session, call, { name, at: deps.clock.now(), source }, startedAt);
}
