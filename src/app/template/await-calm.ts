import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { Dependencies } from '../dependencies.ts';
import type { GuestRoot } from './guest-root.ts';
import { guestBusyScript } from './prepare-guest-script.ts';

/** cloud-init and package managers are waited for so long, then it is an error: they would go on in every fork. */
const mustMs = 600_000;
/** Anything else that goes on after this is what the guest does; on a busy host an emulated one looks busy itself. */
const shouldMs = 20_000;
const pauseMs = 500;

/** @throws template.not-freezable when something that must end does not */
export async function awaitCalm(
  deps: Pick<Dependencies, 'clock'>,
  call: Call,
  name: string,
  root: GuestRoot,
): Promise<void> {
  const begin = deps.clock.now();
  let calmSince = begin;
  let told = '';
  for (;;) {
    const reasons = (await root.run(guestBusyScript)).split('\n').filter((line) => line !== '');
    if (reasons.length === 0) return;
    const must = reasons.filter((line) => line.startsWith('must '));
    const words = (must.length > 0 ? must : reasons).map((line) => line.slice(line.indexOf(' ') + 1)).join('; ');
    if (words !== told) call.report({ kind: 'waiting', probe: 'quiet guest', answer: words });
    told = words;
    if (must.length > 0) calmSince = deps.clock.now();
    if (must.length > 0 && deps.clock.now() - begin > mustMs) {
      fail('template.not-freezable', `VM ${name} cannot be frozen: ${words}`, {
        next: [`sysmonvm vm-logs ${name}`],
      });
    }
    if (must.length === 0 && deps.clock.now() - calmSince > shouldMs) {
      call.report({ kind: 'notice', level: 'warning', text: `${name} is frozen though it is not quiet: ${words}` });
      return;
    }
    await deps.clock.sleep(pauseMs, call.signal);
  }
}
