import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { ProcessIdentity } from '../../core/ports/process-runner.ts';
import type { Dependencies } from '../dependencies.ts';
import type { GuestRoot } from '../guest-agent/guest-root.ts';
import { guestBusyScript } from './prepare-guest-script.ts';

/** cloud-init and package managers are waited for so long, then it is an error: they would go on in every fork. */
const mustMs = 600_000;
/** Anything else that goes on after this is what the guest does. */
const shouldMs = 20_000;
const pauseMs = 500;
const lookMs = 1000;
/** Of one processor. A guest that does nothing costs an emulator 2-4 %. */
const busyShare = 0.15;

type CalmDeps = Pick<Dependencies, 'clock' | 'processTimes'>;

export interface GuestToCalm {
  readonly name: string;
  readonly root: GuestRoot;
  /** Its QEMU. */
  readonly process: ProcessIdentity | undefined;
}

/** @throws template.not-freezable when something that must end does not */
export async function awaitCalm(deps: CalmDeps, call: Call, { name, root, process }: GuestToCalm): Promise<void> {
  const begin = deps.clock.now();
  let calmSince = begin;
  let told = '';
  for (;;) {
    const found = (await root.run(guestBusyScript)).split('\n').filter((line) => line !== '');
    const reasons = found.length > 0 ? found : await processorsAtWork(deps, call, process);
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

/**
 * Seen from the host: what QEMU uses in a second. The guest's own account of it is wrong on a busy host, where a
 * processor that has to wait for its turn looks to the guest like one at work.
 */
async function processorsAtWork(
  deps: CalmDeps,
  call: Call,
  process: ProcessIdentity | undefined,
): Promise<readonly string[]> {
  if (process === undefined) return [];
  const times = await deps.processTimes();
  const [began, before] = [deps.clock.now(), await times.cpuSeconds(process)];
  await deps.clock.sleep(lookMs, call.signal);
  const after = await times.cpuSeconds(process);
  if (before === undefined || after === undefined) return [];
  const share = (after - before) / ((deps.clock.now() - began) / 1000);
  return share <= busyShare ? [] : [`should its processors are busy (${Math.round(share * 100)} % of one)`];
}
