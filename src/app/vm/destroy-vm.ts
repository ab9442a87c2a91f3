import type { Call, Removal } from '../../core/engine.ts';
import { hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { VmRecord } from '../../core/ports/vm-store.ts';
import { processOf } from '../../core/vm/transition.ts';
import type { Dependencies } from '../dependencies.ts';
import { removeVm } from './remove-vm.ts';
import type { VmSession } from './session.ts';
import { rootOfSockets } from './sockets.ts';
import { findVm, withVm } from './with-vm.ts';

/** What would be removed; the same list is shown before the question and after the deed. */
async function holdings(deps: Dependencies, record: VmRecord): Promise<readonly Removal[]> {
  const { identity, directory, ledger } = record;
  const process = processOf(record.recorded.state);
  const running =
    process && (await deps.processes.isAlive(process))
      ? [{ what: `process ${process.pid} (QEMU)`, reason: 'is ended' }]
      : [];
  const ports = (ledger.running?.ports ?? []).map((port) => ({
    what: `port 127.0.0.1:${port.host}`,
    reason: `forwards to guest port ${port.guest}`,
  }));
  return [
    ...running,
    ...ports,
    {
      what: `VM ${identity.name}: overlay disk, firmware variables, seed, keys, logs`,
      path: directory,
      reason: 'belongs to the VM alone',
      bytes: await deps.files.usage(directory),
    },
    ...((await deps.files.exists(rootOfSockets(deps, identity.id)))
      ? [{ what: 'sockets', path: rootOfSockets(deps, identity.id), reason: 'belong to the VM alone' }]
      : []),
  ];
}

export async function destroyVm(
  deps: Dependencies,
  call: Call,
  name: string,
  options: { readonly dryRun: boolean },
): Promise<readonly Removal[]> {
  const list = await holdings(deps, await findVm(deps, name));
  if (options.dryRun) return list;
  try {
    const work = async (session: VmSession): Promise<void> => {
      await session.apply({ type: 'destroy-requested' });
      await removeVm(deps, session);
    };
    await withVm(deps, call, name, 'destroy', work, { forRemoval: true });
  } catch (error) {
    // Half-made rests are removed by the reconciliation itself; that is what was asked for.
    if (!hasCode(error, 'vm.not-found')) throw error;
  }
  return list;
}
