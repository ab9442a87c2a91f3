import type { VmSession } from './session.ts';

/** The memory state is still on record, so nothing of it is lost. False: there is none. */
export async function abandonRestore(session: VmSession): Promise<boolean> {
  const { restore } = session.ledger.kept;
  if (!restore) return false;
  await session.apply({ type: 'restore-abandoned', to: restore.kind === 'own' ? 'suspended' : 'stopped' });
  return true;
}
