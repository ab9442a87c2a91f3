import type { Answer, Call } from '../../core/engine.ts';
import { fail, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import { processOf } from '../../core/vm/transition.ts';
import type { RestoreSnapshotOptions } from '../../core/warm-operations.ts';
import type { Dependencies } from '../dependencies.ts';
import { forgetRestore } from '../machine/own-state.ts';
import { loadSnapshot } from '../machine/snapshot-jobs.ts';
import { goOn, standStill } from '../machine/stand-still.ts';
import { stepClock } from '../machine/step-clock.ts';
import { withMachine } from '../machine/with-machine.ts';
import { failureOf, withEvidence } from './failure.ts';
import type { VmSession } from './session.ts';
import { snapshotByName } from './snapshot.ts';
import { startVm } from './start-vm.ts';
import { stopVm } from './stop-vm.ts';
import { disksOf, requireSnapshot } from './vm-snapshots.ts';
import { admitted, withVm } from './with-vm.ts';

/**
 * The VM as it was. With memory: its guest goes on from there, whether the VM runs or is stopped. Without: the disk of a
 * stopped VM is put back; one that runs is stopped for it when that was said.
 */
export async function restoreSnapshot(
  deps: Dependencies,
  call: Call,
  name: string,
  snapshot: string,
  options: RestoreSnapshotOptions,
): Promise<Answer> {
  const next = await withVm(deps, call, name, 'restore a snapshot', async (session) => {
    admitted(session, 'snapshot');
    const { stateBytes } = await requireSnapshot(deps, session, snapshot);
    const runs = processOf(session.state) !== undefined;
    if (stateBytes > 0) {
      await requireMachine(deps, session, snapshot);
      if (!runs) return 'start from it';
      await loadIntoRunning(deps, call, session, snapshot);
      return 'done';
    }
    if (!runs) {
      await putBack(deps, session, snapshot);
      return 'done';
    }
    if (options.restart) return 'restart';
    return fail(
      'vm.change-needs-restart',
      `VM ${name} runs, and snapshot ${snapshot} has no memory: the disk can be put back while the VM is stopped`,
      { next: [`sysmonvm vm-snapshot restore ${name} ${snapshot} --restart`, `sysmonvm vm-stop ${name}`] },
    );
  });
  if (next === 'start from it') return startVm(deps, call, name, { wait: true, cold: true, snapshot });
  if (next === 'restart') {
    // What the guest would write while it goes down is thrown away with the rest.
    await stopVm(deps, call, name, { force: true });
    await withVm(deps, call, name, 'restore a snapshot', (session) => putBack(deps, session, snapshot));
    return startVm(deps, call, name, { wait: true });
  }
  return { outcome: 'accepted', vm: await snapshotByName(deps, name) };
}

async function putBack(deps: Dependencies, session: VmSession, snapshot: string): Promise<void> {
  admitted(session, 'snapshot');
  const { snapshots } = await deps.disks();
  // Memory that was to be restored over another disk would be lost work at best.
  await forgetRestore(deps, session);
  for (const path of disksOf(session)) await snapshots.apply(path, snapshot);
  await session.emit('snapshot_restored', { snapshot });
}

async function requireMachine(deps: Dependencies, session: VmSession, snapshot: string): Promise<void> {
  const machine = session.kept.snapshots?.[snapshot];
  const { name } = session.identity;
  const refuse = (reason: string): never =>
    fail('vm.state-unusable', `snapshot ${snapshot} of VM ${name} cannot be restored: ${reason}`, {
      details: { vm: name, snapshot },
      next: [`sysmonvm vm-snapshot list ${name}`],
    });
  if (!machine) return refuse('it was not taken by us, so it is not known with what');
  const { plan } = session;
  if (machine.cpus !== plan.cpus.value || machine.memoryMib !== plan.memoryMib.value) {
    refuse(`the VM had ${machine.cpus} processors and ${machine.memoryMib} MiB of memory when it was taken`);
  }
  if (machine.qemuDigest !== (await deps.digestOfFile(plan.qemu.path))) {
    refuse(`it was taken with another QEMU than ${plan.qemu.path} is now`);
  }
}

async function loadIntoRunning(deps: Dependencies, call: Call, session: VmSession, snapshot: string): Promise<void> {
  await session.apply({ type: 'paused' });
  await withMachine(deps, call, session, async (qmp) => {
    await standStill(deps, qmp);
    try {
      await loadSnapshot(deps, qmp, snapshot);
    } catch (error) {
      const told = unusable(session, snapshot, error);
      const failure = await failureOf(deps, session, 'running', told);
      await session.apply({ type: 'failed', failure });
      throw withEvidence(told, failure, session.identity.name);
    }
    await goOn(deps, qmp);
  });
  await session.apply({ type: 'resumed' }, { data: { snapshot } });
  await stepClock(deps, call, session);
}

export function unusable(session: VmSession, snapshot: string, error: unknown): SysmonvmError {
  const { name } = session.identity;
  const reason = error instanceof Error ? error.message : String(error);
  return new SysmonvmError('vm.state-unusable', `snapshot ${snapshot} of VM ${name} could not be restored: ${reason}`, {
    details: { vm: name, snapshot },
    cause: error,
  });
}
