import type { CheckerSecurity } from '../../core/checker-install/guest-places.ts';
import { readSample, type ShownSample } from '../../core/checker-install/shown-sample.ts';
import { deadlineIn } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import { hasCode, SysmonvmError } from '../../core/errors/sysmonvm-error.ts';
import type { Dependencies } from '../dependencies.ts';
import { type CheckedGuest, serviceState } from './guest-installation.ts';
import { withChecker } from './reach-checker.ts';

/** A service that systemd had to start again this often will not get well by waiting. */
const hopelessRestarts = 2;
const pauseMs = 500;
const lookEvery = 6;

export interface Healthy {
  readonly health: 'SERVING';
  readonly address: string;
  readonly sample: ShownSample;
}

/** Until the service says SERVING and shows a sample. @throws checker.unreachable with what it was waiting for */
export async function awaitHealthy(
  deps: Dependencies,
  call: Call,
  guest: CheckedGuest,
  security: CheckerSecurity,
  withinMs: number,
): Promise<Healthy> {
  const deadline = deadlineIn(deps.clock, withinMs, call.signal);
  return withChecker(deps, call, guest, security, async ({ client, address }) => {
    for (let attempt = 1; ; attempt++) {
      let seen: string;
      try {
        seen = await client.health(deadline);
        const sample = seen === 'SERVING' ? readSample(await client.status(deadline)) : undefined;
        if (sample !== undefined) return { health: 'SERVING', address, sample };
      } catch (error) {
        if (!hasCode(error, 'checker.unreachable')) throw error;
        seen = error.message;
      }
      call.report({ kind: 'waiting', probe: 'health of the checker', answer: seen });
      if (deps.clock.now() >= deadline.at)
        throw new SysmonvmError('checker.unreachable', `${seen}, until the deadline`);
      if (attempt % lookEvery === 0) await refuseHopeless(guest, seen);
      await deps.clock.sleep(pauseMs, call.signal);
    }
  });
}

async function refuseHopeless(guest: CheckedGuest, seen: string): Promise<void> {
  const { service, restarts } = await serviceState(guest);
  if (service !== 'failed' && restarts < hopelessRestarts) return;
  throw new SysmonvmError('checker.unreachable', `its service is ${service}, after ${restarts} restarts; ${seen}`);
}
