import type { Answer, Call } from '../../core/engine.ts';
import type { QmpSession } from '../../core/ports/vm-launcher.ts';
import type { RestoreSource } from '../../core/resources/ledger.ts';
import type { Dependencies } from '../dependencies.ts';
import { probeFeatures } from '../machine/features.ts';
import { forgetRestore, ownStatePath } from '../machine/own-state.ts';
import { saveState } from '../machine/save-state.ts';
import { goOn, standStill } from '../machine/stand-still.ts';
import { withMachine } from '../machine/with-machine.ts';
import type { VmSession } from './session.ts';
import { snapshotByName } from './snapshot.ts';
import { admitted, withVm } from './with-vm.ts';

/**
 * Memory to a file, QEMU gone. In the order paused, saved, on record, ended: whoever is killed in between leaves a
 * paused VM, whose state is complete when the ledger names it; the next command then does the rest.
 */
export async function suspendVm(deps: Dependencies, call: Call, name: string): Promise<Answer> {
  const done = await withVm(deps, call, name, 'suspend', async (session) => {
    const admission = admitted(session, 'suspend');
    if (!admission.go) return { outcome: 'ignored', reason: admission.reason } as const;
    const ran = session.state.kind === 'ready';
    await session.apply({ type: 'paused' });
    await withMachine(deps, call, session, async (qmp) => {
      try {
        await standStill(deps, qmp);
        await save(deps, call, session, qmp);
      } catch (error) {
        await forgetRestore(deps, session);
        if (ran) {
          await goOn(deps, qmp);
          await session.apply({ type: 'resumed' });
        }
        throw error;
      }
    });
    await session.apply({ type: 'suspended' });
    return { outcome: 'accepted' } as const;
  });
  return { ...done, vm: await snapshotByName(deps, name) };
}

async function save(deps: Dependencies, call: Call, session: VmSession, qmp: QmpSession): Promise<void> {
  const step = 'save the memory of the machine';
  call.report({ kind: 'step', step, state: 'running' });
  const features = await probeFeatures(qmp);
  const restore: RestoreSource = {
    kind: 'own',
    statePath: ownStatePath(session.directory),
    transport: features.fileTransport ? 'file' : 'exec',
    ...(features.mappedRam ? { mappedRam: true } : {}),
    ports: session.ledger.running?.ports ?? [],
    qemuDigest: await deps.digestOfFile(session.plan.qemu.path),
  };
  await saveState(deps, qmp, { ...restore, ignoreShared: false, signal: call.signal });
  await session.saveLedger({ ...session.ledger, kept: { ...session.ledger.kept, restore } });
  call.report({ kind: 'step', step, state: 'done' });
}
