import type { QmpSession } from '../../core/ports/vm-launcher.ts';
import type { Dependencies } from '../dependencies.ts';

export interface MigrationStatus {
  readonly status?: string;
  readonly 'error-desc'?: string;
}

const longestPauseMs = 25;

/** Set one by one: a QEMU that does not know one says which. */
export async function setCapabilities(
  qmp: QmpSession,
  wanted: { readonly ignoreShared: boolean; readonly mappedRam: boolean },
): Promise<void> {
  const known = await qmp.execute<readonly { capability: string; state: boolean }[]>('query-migrate-capabilities');
  const states = { 'x-ignore-shared': wanted.ignoreShared, 'mapped-ram': wanted.mappedRam };
  for (const [capability, state] of Object.entries(states)) {
    // A machine that was saved before keeps what was set then.
    const now = known.find((entry) => entry.capability === capability)?.state ?? false;
    if (now === state) continue;
    await qmp.execute('migrate-set-capabilities', { capabilities: [{ capability, state }] });
  }
}

/** Ends with completed, failed or cancelled; either side of a migration is asked the same way. */
export async function migrationEnd(
  deps: Pick<Dependencies, 'clock'>,
  qmp: QmpSession,
  signal: AbortSignal,
): Promise<MigrationStatus> {
  for (let pauseMs = 2; ; pauseMs = Math.min(pauseMs * 1.5, longestPauseMs)) {
    signal.throwIfAborted();
    const info = await qmp.execute<MigrationStatus>('query-migrate');
    if (['completed', 'failed', 'cancelled'].includes(info.status ?? '')) return info;
    await deps.clock.sleep(pauseMs, signal);
  }
}

/** Between single quotes, for the shell that QEMU starts for `exec:`. */
export function shellWord(path: string): string {
  return `'${path.replaceAll("'", "'\\''")}'`;
}
