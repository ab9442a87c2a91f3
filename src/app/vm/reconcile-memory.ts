import { deadlineIn } from '../../core/deadline.ts';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import { marksOf, processOf } from '../../core/vm/transition.ts';
import type { Dependencies } from '../dependencies.ts';
import { ownStatePath } from '../machine/own-state.ts';
import { abandonRestore } from './abandon-restore.ts';
import { failureOf } from './failure.ts';
import type { VmSession } from './session.ts';

/**
 * A command was killed while it restored or suspended the VM. What is on record tells how far it was:
 *
 *   paused, own state      saved completely: only the end of QEMU is missing
 *   restoring, state       the guest never ran: back to where it was
 *   restoring, no state    the guest may run. A fork that has not answered to its renewal is somebody else's twin and
 *                          must end, and a machine whose memory is not loaded has nothing to go on with; any other
 *                          goes on
 */
export async function reconcileMemory(
  deps: Dependencies,
  session: VmSession,
  recordEnd: (deps: Dependencies, session: VmSession) => Promise<unknown>,
): Promise<void> {
  if (session.state.kind === 'paused') {
    await session.apply({ type: 'suspended' });
    return;
  }
  if (await abandonRestore(session)) return;
  const process = processOf(session.state);
  if (process && !(await deps.processes.isAlive(process))) {
    await recordEnd(deps, session);
    return;
  }
  const twin = session.ledger.running?.memory?.kind === 'private';
  const passed = marksOf(session.state).map(({ name }) => name);
  try {
    if (!passed.includes(twin ? 'identity-renewed' : 'state-loaded')) {
      throw new SysmonvmError('guest.renewal-failed', 'the command that restored it was killed before it was renewed');
    }
    await goOn(deps, session);
  } catch (error) {
    await session.apply({ type: 'failed', failure: await failureOf(deps, session, 'launch', error) });
  }
}

async function goOn(deps: Dependencies, session: VmSession): Promise<void> {
  const launcher = await deps.launcher();
  const qmp = await launcher.connect(session.ledger.running?.sockets.qmp ?? '', deadlineIn(deps.clock, 3_000));
  try {
    await qmp.execute('cont');
    await deps.files.remove(ownStatePath(session.directory));
  } finally {
    qmp.close();
  }
  const degraded = 'the command that resumed it was killed; its clock may be behind';
  await session.apply({ type: 'became-ready', degraded });
}
