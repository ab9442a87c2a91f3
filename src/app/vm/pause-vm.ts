import type { Answer, Call } from '../../core/engine.ts';
import type { Dependencies } from '../dependencies.ts';
import { standStill } from '../machine/stand-still.ts';
import { withMachine } from '../machine/with-machine.ts';
import { snapshotByName } from './snapshot.ts';
import { admitted, withVm } from './with-vm.ts';

/** On record first: a VM that is killed off in between is `paused` and runs, and `resume` is right in either case. */
export async function pauseVm(deps: Dependencies, call: Call, name: string): Promise<Answer> {
  const done = await withVm(deps, call, name, 'pause', async (session) => {
    const admission = admitted(session, 'pause');
    if (!admission.go) return { outcome: 'ignored', reason: admission.reason } as const;
    await session.apply({ type: 'paused' });
    try {
      await withMachine(deps, call, session, (qmp) => standStill(deps, qmp));
    } catch (error) {
      await session.apply({ type: 'resumed' });
      throw error;
    }
    return { outcome: 'accepted' } as const;
  });
  return { ...done, vm: await snapshotByName(deps, name) };
}
