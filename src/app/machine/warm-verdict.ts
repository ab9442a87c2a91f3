import { deadlineIn } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { countCommand, countIn, countingImage, firstCount, warmProbeArguments } from '../../core/facts/warm-probe.ts';
import type { Accelerator, GuestArch } from '../../core/host-facts.ts';
import type { QmpSession } from '../../core/ports/vm-launcher.ts';
import type { MemoryOfRun } from '../../core/resources/ledger.ts';
import type { MachineFeatures } from '../../core/template/template.ts';
import type { Dependencies } from '../dependencies.ts';
import { probeFeatures } from './features.ts';
import { loadState } from './load-state.ts';
import { saveState } from './save-state.ts';

export interface WarmVerdict {
  readonly works: boolean;
  readonly qemuVersion: string;
  readonly accelerator: Accelerator;
  /** Why not, or what was seen. */
  readonly reason: string;
  readonly cached: boolean;
}

type TrialDependencies = Pick<Dependencies, 'clock' | 'files' | 'disks' | 'launcher' | 'trialMachines'>;

interface Machine {
  readonly qemuPath: string;
  readonly arch: GuestArch;
  readonly accelerator: Accelerator;
}

const answerMs = 10_000;
const pauseMs = 10;

/**
 * Whether this host's QEMU freezes a machine, leaves its memory in a file and restores it from there, by doing it with
 * a guest that counts. undefined: there is no QEMU to ask.
 */
export async function warmVerdict(
  deps: Dependencies,
  call: Call,
  options: { readonly refresh: boolean },
): Promise<WarmVerdict | undefined> {
  const host = await (await deps.facts()).collect(deps.hostArch, call.signal);
  const { qemu } = host;
  if (!qemu) return undefined;
  const accelerator: Accelerator = host.accelerator?.usable ? host.accelerator.name : 'tcg';
  const trials = await deps.trialMachines();
  const name = `warm-start-${accelerator}-${deps.hostArch}`;
  const key = [qemu.digest, host.release, host.cpuModel].join('|');
  const known = options.refresh ? undefined : await trials.remembered<Pick<WarmVerdict, 'works' | 'reason'>>(name, key);
  const about = { qemuVersion: qemu.version, accelerator };
  if (known) return { ...about, ...known, cached: true };
  const tried = await tryWarmStart(deps, call, { qemuPath: qemu.path, arch: deps.hostArch, accelerator });
  // A busy host may be why it did not: that is asked again.
  if (tried.works) await trials.remember(name, key, tried);
  return { ...about, ...tried, cached: false };
}

export async function tryWarmStart(deps: TrialDependencies, call: Pick<Call, 'signal'>, machine: Machine) {
  try {
    const startedAt = deps.clock.now();
    await freezeAndRestore(deps, call, machine);
    return { works: true, reason: `done within ${deps.clock.now() - startedAt} ms` };
  } catch (error) {
    call.signal.throwIfAborted();
    return { works: false, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function freezeAndRestore(deps: TrialDependencies, call: Pick<Call, 'signal'>, machine: Machine): Promise<void> {
  const trials = await deps.trialMachines();
  const nonce = trials.nonce();
  await trials.inDirectory(countingImage(machine.arch, nonce), async ({ directory, imagePath }) => {
    const [path, statePath] = [`${directory}/ram`, `${directory}/state`];
    const run = async <T>(memory: MemoryOfRun, incoming: boolean, use: (qmp: QmpSession) => Promise<T>): Promise<T> => {
      const qmpSocket = `${directory}/${incoming ? 'in' : 'out'}`;
      const args = warmProbeArguments({ ...machine, imagePath, memory, qmpSocket, incoming });
      return trials.running(machine.qemuPath, args, call.signal, () => connected(deps, call, qmpSocket, use));
    };
    const first = firstCount(nonce);
    const frozen = await run({ kind: 'shared', path }, false, async (qmp) => {
      const features = await probeFeatures(qmp);
      await counting(deps, call, machine.arch, qmp, first, 'the guest code does not run');
      await qmp.execute('stop');
      const count = await counted(machine.arch, qmp);
      await saveState(deps, qmp, {
        statePath,
        transport: transportOf(features),
        ignoreShared: true,
        signal: call.signal,
      });
      return { features, count };
    });
    const readOnly = frozen.features.readOnlyRam;
    await run({ kind: 'private', path, readOnly }, true, async (qmp) => {
      const source = { kind: 'fork', statePath, ramPath: path, transport: transportOf(frozen.features) } as const;
      await loadState(deps, qmp, source, call.signal);
      const count = await counted(machine.arch, qmp);
      if (count !== frozen.count) fail('host.qemu-failed', 'the memory of the restored machine is not what was frozen');
      await qmp.execute('cont');
      await counting(deps, call, machine.arch, qmp, frozen.count, 'the restored guest does not go on');
    });
  });
}

const transportOf = (features: MachineFeatures) => (features.fileTransport ? 'file' : 'exec');

async function connected<T>(
  deps: TrialDependencies,
  call: Pick<Call, 'signal'>,
  socket: string,
  use: (qmp: QmpSession) => Promise<T>,
): Promise<T> {
  const qmp = await (await deps.launcher()).connect(socket, deadlineIn(deps.clock, answerMs, call.signal));
  try {
    return await use(qmp);
  } finally {
    qmp.close();
  }
}

async function counted(arch: GuestArch, qmp: QmpSession): Promise<bigint | undefined> {
  return countIn(await qmp.execute<string>('human-monitor-command', { 'command-line': countCommand(arch) }));
}

/** Until the guest has counted beyond `from`. A number far off it is none of this guest's. */
async function counting(
  deps: TrialDependencies,
  call: Pick<Call, 'signal'>,
  arch: GuestArch,
  qmp: QmpSession,
  from: bigint | undefined,
  otherwise: string,
): Promise<void> {
  const end = deps.clock.now() + answerMs;
  while (deps.clock.now() < end) {
    const count = await counted(arch, qmp);
    if (count !== undefined && from !== undefined) {
      const ahead = BigInt.asUintN(64, count - from);
      if (ahead > 0n && ahead < 2n ** 48n) return;
    }
    await deps.clock.sleep(pauseMs, call.signal);
  }
  fail('host.qemu-failed', otherwise);
}
