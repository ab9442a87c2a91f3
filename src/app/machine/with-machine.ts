import { deadlineIn } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import type { QmpSession } from '../../core/ports/vm-launcher.ts';
import type { Dependencies } from '../dependencies.ts';
import type { VmSession } from '../vm/session.ts';

const connectMs = 5_000;

/** The control connection of a running VM; QEMU serves one at a time. */
export async function withMachine<T>(
  deps: Pick<Dependencies, 'launcher' | 'clock'>,
  call: Call,
  session: VmSession,
  work: (qmp: QmpSession) => Promise<T>,
): Promise<T> {
  const { running } = session.ledger;
  if (!running) throw new Error('a running VM without running resources');
  const launcher = await deps.launcher();
  const qmp = await launcher.connect(running.sockets.qmp, deadlineIn(deps.clock, connectMs, call.signal));
  try {
    return await work(qmp);
  } finally {
    qmp.close();
  }
}
