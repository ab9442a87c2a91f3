import type { Call } from '../../core/engine.ts';
import { SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import { type GuestBoot, parseGuestBoot } from '../../core/measure/boot/guest-boot.ts';
import { guestBootScript } from '../../core/measure/boot/guest-boot-script.ts';
import type { StartSample } from '../../core/measure/boot/start-sample.ts';
import type { GuestConnection } from '../../core/ports/guest-shell.ts';
import { marksOf } from '../../core/vm/transition.ts';
import type { Dependencies } from '../dependencies.ts';
import type { VmSession } from '../vm/session.ts';
import { withVm } from '../vm/with-vm.ts';

const guestMs = 15_000;

type Told = Pick<StartSample, 'guest' | 'guestProblem'>;

/** Asks the guest for its own account of the boot. That it gives none is written down and fails nothing. */
export async function askForBoot(
  { clock }: Dependencies,
  { signal }: Call,
  capture: GuestConnection['capture'] | undefined,
): Promise<Told> {
  if (!capture) return { guestProblem: 'no command can be run in this guest' };
  const before = clock.now();
  try {
    const command = ['sh', '-c', guestBootScript];
    const answer = await capture({ command }, { at: before + guestMs, signal, attempts: [] });
    const guest: GuestBoot | undefined = parseGuestBoot(answer.stdout, before, clock.now());
    return guest ? { guest } : { guestProblem: 'the guest did not tell its uptime' };
  } catch (error) {
    signal.throwIfAborted();
    return { guestProblem: error instanceof Error ? error.message : String(error) };
  }
}

/** The sample of a start that has come to its end, for better or worse. A full disk does not spoil the start itself. */
export async function recordSample(
  deps: Dependencies,
  session: VmSession,
  kind: StartSample['kind'],
  told: Told,
  error?: unknown,
): Promise<void> {
  if (session.runId === undefined) return;
  await deps.store
    .appendSample(session.identity.id, {
      schemaVersion: 1,
      runId: session.runId,
      kind,
      ...outcomeOf(error),
      marks: marksOf(session.state),
      ...told,
    })
    .catch((problem: unknown) => {
      if (!(problem instanceof SysmonvmError)) throw problem;
    });
}

function outcomeOf(error: unknown): Pick<StartSample, 'outcome' | 'failure'> {
  if (error === undefined) return { outcome: 'completed' };
  const { code, message } =
    error instanceof SysmonvmError
      ? error
      : { code: 'internal', message: error instanceof Error ? error.message : String(error) };
  return { outcome: code === 'guest.boot-deadline' ? 'timeout' : 'failed', failure: { code, message } };
}

export async function recordBoot(deps: Dependencies, call: Call, name: string, told: Told): Promise<void> {
  await withVm(deps, call, name, 'record the boot', (session) => recordSample(deps, session, 'boot', told));
}
