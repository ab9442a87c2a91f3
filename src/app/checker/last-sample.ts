import { guestPlaces } from '../../core/checker-install/guest-places.ts';
import { readSample, type ShownSample } from '../../core/checker-install/shown-sample.ts';
import { deadlineIn } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import { hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { Dependencies } from '../dependencies.ts';
import { findVm } from '../vm/with-vm.ts';
import { readCertificates } from './vm-certificates.ts';

const answerMs = 3_000;

/** By the way that the installation opened, without a login: light enough to be asked again and again. */
export async function lastSample(deps: Dependencies, call: Call, name: string): Promise<ShownSample | undefined> {
  const { ledger } = await findVm(deps, name);
  const { directory, socketDirectory } = ledger.kept;
  const lease = ledger.running?.ports.find((port) => port.guest === guestPlaces.port);
  if (lease === undefined || directory === undefined || socketDirectory === undefined) return undefined;
  const pair = await readCertificates(deps, { kept: { directory, socketDirectory } });
  if (pair === undefined) return undefined;
  const tls = { ca: pair.ca, ...pair.client };
  const client = (await deps.checkerTools()).openClient({ target: `127.0.0.1:${lease.host}`, tls });
  try {
    return readSample(await client.status(deadlineIn(deps.clock, answerMs, call.signal)));
  } catch (error) {
    if (hasCode(error, 'checker.unreachable')) return undefined;
    throw error;
  } finally {
    client.close();
  }
}
