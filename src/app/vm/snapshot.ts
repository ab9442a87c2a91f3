import type { VmRecord } from '../../core/ports/vm-store.ts';
import type { Ledger } from '../../core/resources/ledger.ts';
import { panicOfLine } from '../../core/vm/console-marks.ts';
import { marksOf, processOf } from '../../core/vm/transition.ts';
import type { VmSnapshot } from '../../core/vm/vm-snapshot.ts';
import type { VmState } from '../../core/vm/vm-state.ts';
import type { Dependencies } from '../dependencies.ts';
import { consoleTail } from './failure.ts';
import { whyAbandoned } from './recover-abandoned.ts';
import { runDirectoryOf } from './session.ts';
import { findVm } from './with-vm.ts';

export async function snapshotByName(deps: Dependencies, name: string): Promise<VmSnapshot> {
  const record = await findVm(deps, name);
  const snapshot = await snapshotOf(deps, record);
  if (snapshot.marks.length === 0) return snapshot;
  const samples = await deps.store.readSamples(record.identity.id);
  const guestBoot = samples.findLast(({ runId }) => runId === record.recorded.runId)?.guest;
  return guestBoot ? { ...snapshot, guestBoot } : snapshot;
}

/** A reader's view: takes no lock, writes nothing, and says where record and world differ. */
export async function snapshotOf(deps: Dependencies, record: VmRecord): Promise<VmSnapshot> {
  const { identity, recorded, plan, ledger, directory } = record;
  const { state } = recorded;
  const difference = await differenceOf(deps, record);
  const ports = ledger.running?.ports ?? [];
  const ssh = ports.find((port) => port.purpose === 'ssh')?.host;
  const process = processOf(state);
  const memory = process && (await deps.processMemory.of(process));
  return {
    id: identity.id,
    name: identity.name,
    generation: recorded.generation,
    state: state.kind,
    summary: summaryOf(state, difference),
    createdAt: identity.createdAt,
    ephemeral: identity.ephemeral,
    image: plan?.image.value ?? { id: 'unknown', arch: deps.hostArch, kind: 'file', level: 'pinned' },
    arch: plan?.arch ?? deps.hostArch,
    accelerator: plan?.accelerator.value ?? 'tcg',
    cpus: plan?.cpus.value ?? 0,
    memoryMib: plan?.memoryMib.value ?? 0,
    diskGib: plan?.diskGib.value ?? 0,
    network: plan?.network.value ?? 'none',
    ports,
    user: plan?.guest.user ?? '',
    marks: marksOf(state),
    warnings: plan?.warnings ?? [],
    qemu: { version: plan?.qemu.version ?? '', digest: plan?.qemu.digest ?? '' },
    directory,
    diskUsageBytes: await deps.files.usage(directory),
    ...(difference === undefined ? {} : { difference }),
    ...(identity.pool ? { pool: identity.pool } : {}),
    ...(plan?.ttlMs === undefined ? {} : { expiresAt: identity.createdAt + plan.ttlMs }),
    ...(identity.owner
      ? { owner: { pid: identity.owner.pid, alive: await deps.processes.isAlive(identity.owner) } }
      : {}),
    ...(process === undefined ? {} : { pid: process.pid, process }),
    ...(memory === undefined ? {} : { memory }),
    ...(ssh === undefined ? {} : { sshPort: ssh }),
    ...forkOf(ledger),
    ...(state.kind === 'stopped' && state.lastExit ? { lastExit: state.lastExit } : {}),
    ...(state.kind === 'failed' ? { failure: state.failure } : {}),
    ...(plan?.firmware ? { firmware: { path: plan.firmware.codePath, digest: plan.firmware.codeDigest } } : {}),
  };
}

/** The address of the card travels in the device state. */
function forkOf({ kept: { template, macAddress } }: Ledger): Pick<VmSnapshot, 'template' | 'mac'> {
  if (!template || macAddress === undefined) return {};
  const note = "the template's, on a network segment of its own";
  return { template: { name: template.name, id: template.id }, mac: { address: macAddress, note } };
}

async function differenceOf(deps: Dependencies, record: VmRecord): Promise<string | undefined> {
  const { state, runId } = record.recorded;
  const process = processOf(state);
  const abandoned = await whyAbandoned(deps, record);
  if (abandoned) return `${abandoned}; the next command removes it`;
  if (!process) return undefined;
  if (!(await deps.processes.isAlive(process))) {
    const self = await deps.processes.identify(deps.ownPid);
    return self && self.bootId !== process.bootId ? 'host rebooted' : 'exited, not yet recorded';
  }
  const { overlayPath } = record.ledger.kept;
  if (overlayPath && !(await deps.files.exists(overlayPath))) return 'its disk was deleted while it runs';
  if (runId && (state.kind === 'ready' || state.kind === 'booting')) {
    const lines = await consoleTail(deps, runDirectoryOf(record.directory, runId), 60);
    const panic = lines.map(panicOfLine).find((reason) => reason !== undefined);
    if (panic !== undefined) return `kernel panic: ${panic}`;
  }
  return undefined;
}

function summaryOf(state: VmState, difference: string | undefined): string {
  if (difference === 'host rebooted') return 'stopped (host rebooted)';
  if (difference) return `${state.kind} (${difference})`;
  if (state.kind === 'ready' && state.degraded) return `ready (degraded: ${state.degraded})`;
  if (state.kind === 'stopped' && state.lastExit?.reason === 'host-rebooted') return 'stopped (host rebooted)';
  if (state.kind === 'stopped' && state.lastExit?.reason === 'powered-off') return 'stopped (powered off from inside)';
  if (state.kind === 'failed') return `failed at ${state.failure.stage}`;
  return state.kind;
}
