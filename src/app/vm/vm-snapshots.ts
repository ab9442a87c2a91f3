import type { Call, Removal } from '../../core/engine.ts';
import { fail, hasCode, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { DiskSnapshot } from '../../core/ports/disks.ts';
import type { SnapshotMachine } from '../../core/resources/ledger.ts';
import { processOf } from '../../core/vm/transition.ts';
import type { VmSnapshotFacts } from '../../core/warm-operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { deleteSnapshot as deleteInMachine, saveSnapshot } from '../machine/snapshot-jobs.ts';
import { goOn, standStill } from '../machine/stand-still.ts';
import { stepClock } from '../machine/step-clock.ts';
import { withMachine } from '../machine/with-machine.ts';
import type { VmSession } from './session.ts';
import { admitted, findVm, withVm } from './with-vm.ts';

/** Beginning with a letter: QEMU's tools take digits for the number of a snapshot. */
const namePattern = /^[a-z][a-z0-9._-]{0,62}$/i;

/** With the memory of a machine that runs, which stands still meanwhile; without one, of the disk alone. */
export async function createSnapshot(
  deps: Dependencies,
  call: Call,
  name: string,
  snapshot: string,
): Promise<VmSnapshotFacts> {
  if (!namePattern.test(snapshot)) {
    fail(
      'usage.invalid-argument',
      `"${snapshot}" cannot be the name of a snapshot: a letter, then up to 62 letters, digits, ".", "_" or "-".`,
    );
  }
  return withVm(deps, call, name, 'snapshot', async (session) => {
    admitted(session, 'snapshot');
    const { snapshots } = await deps.disks();
    if ((await snapshots.list(session.kept.overlayPath)).some((one) => one.name === snapshot)) {
      fail('vm.snapshot-exists', `VM ${name} has a snapshot named ${snapshot}`, {
        next: [`sysmonvm vm-snapshot delete ${name} ${snapshot}`],
      });
    }
    const step = `take snapshot ${snapshot}`;
    call.report({ kind: 'step', step, state: 'running' });
    if (processOf(session.state)) await withMemory(deps, call, session, snapshot);
    else for (const path of disksOf(session)) await snapshots.create(path, snapshot);
    await session.emit('snapshot_created', { snapshot });
    call.report({ kind: 'step', step, state: 'done' });
    return factsOf(await requireSnapshot(deps, session, snapshot));
  });
}

export function disksOf({ kept }: VmSession): readonly string[] {
  return [kept.overlayPath, ...(kept.varsPath === undefined ? [] : [kept.varsPath])];
}

/** Paused on record before it stands still: a kill leaves a paused VM, and QEMU finishes what it was told to do. */
async function withMemory(deps: Dependencies, call: Call, session: VmSession, snapshot: string): Promise<void> {
  const ran = session.state.kind === 'ready';
  const machine: SnapshotMachine = {
    qemuDigest: await deps.digestOfFile(session.plan.qemu.path),
    cpus: session.plan.cpus.value,
    memoryMib: session.plan.memoryMib.value,
  };
  await recordMachine(session, snapshot, machine);
  await session.apply({ type: 'paused' });
  await withMachine(deps, call, session, async (qmp) => {
    try {
      await standStill(deps, qmp);
      await saveSnapshot(deps, qmp, snapshot);
    } catch (error) {
      await deleteInMachine(deps, qmp, snapshot).catch(() => undefined);
      await recordMachine(session, snapshot, undefined);
      throw await explained(deps, session, error);
    } finally {
      if (ran) {
        await goOn(deps, qmp);
        await session.apply({ type: 'resumed' });
      }
    }
  });
  if (ran) await stepClock(deps, call, session);
}

async function explained(deps: Dependencies, session: VmSession, error: unknown): Promise<unknown> {
  if (!hasCode(error, 'host.qemu-failed') || !/no space|quota/i.test(error.message)) return error;
  const { directory } = session;
  const freeBytes = await (await deps.disks()).freeBytes(directory);
  return new SysmonvmError('host.no-space', `there is no room for the snapshot in ${directory}`, {
    details: { directory, freeBytes },
    next: ['sysmonvm df', 'sysmonvm vm-gc --dry-run'],
    cause: error,
  });
}

export async function recordMachine(
  session: VmSession,
  snapshot: string,
  machine: SnapshotMachine | undefined,
): Promise<void> {
  const { [snapshot]: _, ...others } = session.ledger.kept.snapshots ?? {};
  const snapshots = { ...others, ...(machine ? { [snapshot]: machine } : {}) };
  await session.saveLedger({ ...session.ledger, kept: { ...session.ledger.kept, snapshots } });
}

export async function listSnapshots(deps: Dependencies, name: string): Promise<readonly VmSnapshotFacts[]> {
  const { ledger } = await findVm(deps, name);
  const { overlayPath } = ledger.kept;
  if (overlayPath === undefined) return [];
  const { snapshots } = await deps.disks();
  return (await snapshots.list(overlayPath)).map(factsOf);
}

function factsOf({ name, createdAt, stateBytes }: DiskSnapshot): VmSnapshotFacts {
  return { name, createdAt, memory: stateBytes > 0, ...(stateBytes > 0 ? { memoryBytes: stateBytes } : {}) };
}

export async function requireSnapshot(deps: Dependencies, session: VmSession, snapshot: string): Promise<DiskSnapshot> {
  const { snapshots } = await deps.disks();
  const all = await snapshots.list(session.kept.overlayPath);
  const found = all.find((one) => one.name === snapshot);
  if (found) return found;
  const { name } = session.identity;
  const there = all.length > 0 ? `; there are: ${all.map((one) => one.name).join(', ')}` : '';
  return fail('vm.snapshot-not-found', `VM ${name} has no snapshot named ${snapshot}${there}`, {
    details: { vm: name, snapshot },
    next: [`sysmonvm vm-snapshot list ${name}`],
  });
}

export async function deleteSnapshot(
  deps: Dependencies,
  call: Call,
  name: string,
  snapshot: string,
): Promise<readonly Removal[]> {
  return withVm(deps, call, name, 'delete a snapshot', async (session) => {
    admitted(session, 'snapshot');
    await requireSnapshot(deps, session, snapshot);
    const { snapshots } = await deps.disks();
    if (processOf(session.state)) {
      await withMachine(deps, call, session, (qmp) => deleteInMachine(deps, qmp, snapshot));
    } else {
      for (const path of disksOf(session)) {
        const there = (await snapshots.list(path)).some((one) => one.name === snapshot);
        if (there) await snapshots.delete(path, snapshot);
      }
    }
    await recordMachine(session, snapshot, undefined);
    await session.emit('snapshot_deleted', { snapshot });
    return [{ what: `snapshot ${snapshot} of VM ${name}`, reason: 'was asked for' }];
  });
}
