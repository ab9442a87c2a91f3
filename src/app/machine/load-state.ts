import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { QmpSession } from '../../core/ports/vm-launcher.ts';
import type { RestoreSource } from '../../core/resources/ledger.ts';
import type { Dependencies } from '../dependencies.ts';
import { migrationEnd, setCapabilities, shellWord } from './migration.ts';

/**
 * Into a machine that was started with `-incoming defer -S`; it stands still afterwards. What is set here must be what
 * was set when the state was saved. A QEMU that cannot take it may end: its own words are in its log then.
 */
export async function loadState(
  deps: Pick<Dependencies, 'clock'>,
  qmp: QmpSession,
  source: RestoreSource,
  signal: AbortSignal,
): Promise<void> {
  await setCapabilities(qmp, { ignoreShared: source.ramPath !== undefined, mappedRam: source.mappedRam ?? false });
  const uri = source.transport === 'exec' ? `exec:exec cat ${shellWord(source.statePath)}` : `file:${source.statePath}`;
  await qmp.execute('migrate-incoming', { uri });
  const end = await migrationEnd(deps, qmp, signal);
  if (end.status !== 'completed') {
    fail('host.qemu-failed', `QEMU could not load the saved state: ${end['error-desc'] ?? end.status}`);
  }
}
