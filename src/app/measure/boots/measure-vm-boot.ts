import type { VmConfig } from '../../../core/config/vm-config.ts';
import type { Call } from '../../../core/engine.ts';
import { hasCode, SysmonvmError } from '../../../core/errors/sysmonvm-error.ts';
import { bootLanes } from '../../../core/measure/boot/boot-lanes.ts';
import type { GuestBoot } from '../../../core/measure/boot/guest-boot.ts';
import { slowUnitsScript } from '../../../core/measure/boot/guest-boot-script.ts';
import type { ObservedBoot } from '../../../core/measure/boot/observed-boot.ts';
import { machineOfPlan } from '../../../core/measure/fingerprint-of.ts';
import { maxSamples, nothingSampled, type UsageRecord } from '../../../core/measure/usage/usage-record.ts';
import type { UsageSampling } from '../../../core/ports/usage-sampler.ts';
import type { VmRecord } from '../../../core/ports/vm-store.ts';
import { marksOf, processOf } from '../../../core/vm/transition.ts';
import type { Dependencies } from '../../dependencies.ts';
import { createVm } from '../../vm/create-vm.ts';
import { destroyVm } from '../../vm/destroy-vm.ts';
import { captureInGuest } from '../../vm/guest-access.ts';
import { runDirectoryOf } from '../../vm/session.ts';
import { startVm } from '../../vm/start-vm.ts';
import { findVm } from '../../vm/with-vm.ts';
import { askForBoot } from '../record-start.ts';

export interface VmBootRequest {
  readonly config: VmConfig;
  readonly warm: boolean;
  readonly timeoutMs?: number;
  readonly sampleIntervalMs: number;
  /** Called while the VM still exists, so that its logs can be kept. */
  readonly keep: (observed: ObservedBoot) => Promise<void>;
}

/** systemd is given a minute in the guest. */
const finishedMs = 90_000;

/**
 * One boot in a VM of its own, which is removed whatever happens. A boot that fails or does not end in time is an
 * outcome; what cannot even be tried (no image, no QEMU, no room) is thrown, because every other try would fail too.
 */
export async function measureVmBoot(deps: Dependencies, call: Call, request: VmBootRequest): Promise<ObservedBoot> {
  const { config } = request;
  const name = config.name.value;
  const sampler = await deps.usageSampler();
  let sampling: UsageSampling | undefined;
  const watched: Call = {
    ...call,
    report: (progress) => {
      call.report(progress);
      if (progress.kind === 'mark' && progress.mark.name === 'process-started') void watch();
    },
  };
  const watch = async (): Promise<void> => {
    const process = processOf((await findVm(deps, name)).recorded.state);
    if (process) sampling ??= sampler.start(process, { intervalMs: request.sampleIntervalMs, maxSamples });
  };
  await make(deps, call, request);
  try {
    const error = await startVm(deps, watched, name, {
      wait: true,
      cold: !request.warm,
      ...(request.timeoutMs === undefined ? {} : { timeoutMs: request.timeoutMs }),
    }).then(() => undefined, caught(call));
    const usage = (await sampling?.stop()) ?? nothingSampled;
    const told = error || request.warm ? undefined : await askWhenFinished(deps, call, name);
    const observed = await observe(deps, await findVm(deps, name), { usage, error, told });
    await request.keep(observed);
    return observed;
  } finally {
    await sampling?.stop();
    const own: Call = { ...call, signal: new AbortController().signal };
    await destroyVm(deps, own, name, { dryRun: false }).catch((error: unknown) => {
      if (!hasCode(error, 'vm.not-found')) throw error;
    });
  }
}

async function make(deps: Dependencies, call: Call, { config, warm }: VmBootRequest): Promise<void> {
  if (!warm) {
    await createVm(deps, call, { config, ephemeral: true });
    return;
  }
  const { createWarm } = await import('../../template/start-warm.ts');
  await createWarm(deps, call, config, { ephemeral: true });
}

/** Only what became of the guest is an outcome. An interruption, a missing tool or a full disk is not. */
function caught({ signal }: Call): (error: unknown) => SysmonvmError {
  return (error) => {
    signal.throwIfAborted();
    if (error instanceof SysmonvmError && (error.kind === 'guest' || error.kind === 'deadline')) return error;
    throw error;
  };
}

interface Seen {
  readonly usage: UsageRecord;
  readonly error: SysmonvmError | undefined;
  readonly told: Told | undefined;
}

interface Told {
  readonly guest?: GuestBoot;
  readonly slowUnits?: readonly string[];
}

/** What is known of a boot when all is started is more than when the guest was first ready. */
async function askWhenFinished(deps: Dependencies, call: Call, name: string): Promise<Told> {
  try {
    const command = ['sh', '-c', slowUnitsScript];
    const { stdout } = await captureInGuest(deps, call, name, { command }, { timeoutMs: finishedMs });
    const slowUnits = stdout.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
    const { guest } = await askForBoot(deps, call, (asked, { at }) =>
      captureInGuest(deps, call, name, asked, { timeoutMs: at - deps.clock.now() }),
    );
    return { ...(slowUnits.length === 0 ? {} : { slowUnits }), ...(guest ? { guest } : {}) };
  } catch (error) {
    call.signal.throwIfAborted();
    if (error instanceof SysmonvmError) return {};
    throw error;
  }
}

async function observe(
  deps: Dependencies,
  { identity, recorded, plan, ledger, directory }: VmRecord,
  { usage, error, told }: Seen,
): Promise<ObservedBoot> {
  if (!plan || recorded.runId === undefined) throw new Error(`VM ${identity.name} was not started`);
  const sample = (await deps.store.readSamples(identity.id)).findLast(({ runId }) => runId === recorded.runId);
  const guest = told?.guest ?? sample?.guest;
  const marks = sample?.marks ?? marksOf(recorded.state);
  const startedAt = marks.find(({ name }) => name === 'process-started')?.at ?? recorded.state.since;
  const ready = error ? undefined : marks.find(({ name }) => name === 'ready')?.at;
  const { accelerator } = await (await deps.facts()).collect(plan.arch);
  const runDirectory = runDirectoryOf(directory, recorded.runId);
  return {
    outcome: error === undefined ? 'completed' : error.code === 'guest.boot-deadline' ? 'timeout' : 'failed',
    startedAt,
    ...(ready === undefined ? {} : { totalMs: ready - startedAt }),
    markers: marks
      .filter(({ name }) => name !== 'process-started')
      .map(({ name, at }) => ({ name, afterMs: at - startedAt })),
    lanes: bootLanes(marks, guest),
    ...(guest ? { guest } : {}),
    ...(guest || sample?.guestProblem === undefined ? {} : { guestProblem: sample.guestProblem }),
    ...(told?.slowUnits ? { slowUnits: told.slowUnits } : {}),
    ...(error ? { failure: { code: error.code, message: error.message } } : {}),
    usage,
    machine: machineOfPlan(plan),
    accelerationUsable: accelerator?.usable ?? false,
    bootLog: `${runDirectory}/console.log`,
    debugLog: `${runDirectory}/qemu.log`,
    diskImage: plan.image.value.path ?? ledger.kept.baseImagePath ?? plan.image.value.id,
  };
}
