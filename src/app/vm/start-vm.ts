import type { Answer, Call } from '../../core/engine.ts';
import { isLostPort } from '../../core/qemu/network.ts';
import type { Dependencies } from '../dependencies.ts';
import { awaitReady } from './await-ready.ts';
import { launch } from './launch.ts';
import type { VmSession } from './session.ts';
import { snapshotByName } from './snapshot.ts';
import { requireAcceleration, requireParts } from './start-requirements.ts';
import type { StartVmOptions } from './start-vm-options.ts';
import { admitted, withVm } from './with-vm.ts';

const launchTries = 5;

/** Boots, or restores when a memory state is on record: then the VM is ready when its lock is free again. */
export async function startVm(deps: Dependencies, call: Call, name: string, options: StartVmOptions): Promise<Answer> {
  const begun = await withVm(deps, call, name, 'start', async (session) => {
    const admission = admitted(session, 'start');
    if (!admission.go) return { outcome: 'ignored', reason: admission.reason } as const;
    requireAcceleration(session, options.requireAccel ?? false);
    await requireParts(deps, session);
    if (options.cold) await giveUpMemory(deps, session);
    await launchOnFreePorts(deps, call, session, options);
    return { outcome: 'accepted' } as const;
  });
  if (options.wait && !options.pause)
    await awaitReady(deps, call, name, {
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
      starter: begun.outcome === 'accepted',
    });
  return { ...begun, vm: await snapshotByName(deps, name) };
}

async function giveUpMemory(deps: Dependencies, session: VmSession): Promise<void> {
  if (!session.ledger.kept.restore) return;
  const { forgetRestore } = await import('../machine/own-state.ts');
  await forgetRestore(deps, session);
}

/** Our registry knows this user's ports. One that another user or program takes between our look and QEMU's is lost. */
async function launchOnFreePorts(
  deps: Dependencies,
  call: Call,
  session: VmSession,
  options: StartVmOptions,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await launch(deps, call, session, options);
    } catch (error) {
      if (attempt === launchTries || !isLostPort(error)) throw error;
      call.report({ kind: 'notice', level: 'info', text: 'another program took a port meanwhile; others are chosen' });
    }
  }
}
