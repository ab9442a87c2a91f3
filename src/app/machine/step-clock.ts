import type { Call } from '../../core/engine.ts';
import type { RunningResources } from '../../core/resources/ledger.ts';
import type { Dependencies } from '../dependencies.ts';
import type { VmSession } from '../vm/session.ts';

/** Why the guest's clock could not be set; undefined: it was. */
export async function stepClock(
  _deps: Dependencies,
  _call: Call,
  _session: VmSession,
  _running: RunningResources,
): Promise<string | undefined> {
  return undefined;
}
