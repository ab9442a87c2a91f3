import type { QmpSession } from '../../core/ports/vm-launcher.ts';
import type { Dependencies } from '../dependencies.ts';
import { type MigrationStatus, migrationEnd } from './migration.ts';

const cancelMs = 30_000;

/**
 * Stops the processors. A command that was killed while it saved may have left QEMU at work, or in a state from which
 * it does not save again before it has run for a moment.
 */
export async function standStill(deps: Pick<Dependencies, 'clock'>, qmp: QmpSession): Promise<void> {
  await endSaving(deps, qmp);
  await qmp.execute('stop');
  const { status } = await qmp.execute<{ readonly status: string }>('query-status');
  if (status !== 'postmigrate') return;
  await qmp.execute('cont');
  await qmp.execute('stop');
}

export async function goOn(deps: Pick<Dependencies, 'clock'>, qmp: QmpSession): Promise<void> {
  await endSaving(deps, qmp);
  await qmp.execute('cont');
}

async function endSaving(deps: Pick<Dependencies, 'clock'>, qmp: QmpSession): Promise<void> {
  const { status = 'none' } = await qmp.execute<MigrationStatus>('query-migrate');
  if (['none', 'completed', 'failed', 'cancelled'].includes(status)) return;
  await qmp.execute('migrate_cancel');
  await migrationEnd(deps, qmp, AbortSignal.timeout(cancelMs));
}
