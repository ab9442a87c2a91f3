import type { Dependencies } from '../dependencies.ts';
import type { VmSession } from './session.ts';
import { rootOfSockets } from './sockets.ts';

/** The end of a VM that is in state destroying: sockets, leases, directory. Safe to repeat. */
export async function removeVm(deps: Dependencies, session: VmSession): Promise<void> {
  const leases = await deps.leases();
  await session.whereRoom(() => leases.release(session.identity.id));
  await deps.files.remove(rootOfSockets(deps, session.identity.id));
  await deps.store.remove(session.identity.id);
}
