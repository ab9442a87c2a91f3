import type { Answer, Call } from '../../core/engine.ts';
import type { Dependencies } from '../dependencies.ts';
import { goOn } from '../machine/stand-still.ts';
import { stepClock } from '../machine/step-clock.ts';
import { withMachine } from '../machine/with-machine.ts';
import { snapshotByName } from './snapshot.ts';
import { admitted, withVm } from './with-vm.ts';

/** The guest's clock stood still with it, so it is stepped. */
export async function resumeVm(deps: Dependencies, call: Call, name: string): Promise<Answer> {
  const done = await withVm(deps, call, name, 'resume', async (session) => {
    const admission = admitted(session, 'resume');
    if (!admission.go) return { outcome: 'ignored', reason: admission.reason } as const;
    await withMachine(deps, call, session, (qmp) => goOn(deps, qmp));
    await session.apply({ type: 'resumed' });
    await stepClock(deps, call, session);
    return { outcome: 'accepted' } as const;
  });
  return { ...done, vm: await snapshotByName(deps, name) };
}
