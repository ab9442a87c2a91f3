import { deadlineIn } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { Launched, QmpSession, VmLauncher } from '../../core/ports/vm-launcher.ts';
import type { Dependencies } from '../dependencies.ts';
import type { VmSession } from './session.ts';

const greetingMs = 15_000;

/** The greeting, or QEMU's own words when it ends instead. */
export async function greet(
  deps: Dependencies,
  call: Call,
  session: VmSession,
  launcher: VmLauncher,
  launched: Launched,
  socket: string,
): Promise<QmpSession> {
  const stop = new AbortController();
  const signal = AbortSignal.any([call.signal, stop.signal]);
  const greeted = launcher.connect(socket, deadlineIn(deps.clock, greetingMs, signal));
  const died = (async () => {
    while (!signal.aborted) {
      if (!(await deps.processes.isAlive(launched.process))) {
        const words = await launcher.ownWords(session.runDirectory);
        throw new SysmonvmError('host.qemu-failed', `QEMU ended while starting: ${words.at(-1) ?? 'it said nothing'}`, {
          details: { qemuTail: words },
        });
      }
      await deps.clock.sleep(25, signal).catch(() => undefined);
    }
  })();
  try {
    return await Promise.race([greeted, died.then(() => greeted)]);
  } finally {
    stop.abort();
    await Promise.allSettled([greeted, died]);
  }
}
