import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { RestoreSource } from '../../core/resources/ledger.ts';
import type { Dependencies } from '../dependencies.ts';
import type { VmSession } from '../vm/session.ts';

/** Where a suspended VM has its memory; the directory is private, and the file is as secret as the memory was. */
export const ownStatePath = (directory: string): string => `${directory}/memory-state`;

/** From here on the state is stale: the guest goes on, or the disk will be written to by a cold boot. */
export async function forgetRestore(deps: Dependencies, session: VmSession): Promise<void> {
  const { restore, ...kept } = session.ledger.kept;
  if (!restore) return;
  await session.saveLedger({ ...session.ledger, kept });
  if (restore.kind === 'own') await deps.files.remove(restore.statePath);
}

/** Before anything is started: what cannot be loaded is told, and stays as it is. */
export async function requireState(deps: Dependencies, session: VmSession, restore: RestoreSource): Promise<void> {
  const { name } = session.identity;
  const refuse = (reason: string, details: Readonly<Record<string, unknown>>): never =>
    fail('vm.state-unusable', `the saved memory of VM ${name} cannot be restored: ${reason}`, {
      details: { vm: name, ...details },
      next: [`sysmonvm vm-start ${name} --cold`],
    });
  for (const path of [restore.statePath, restore.ramPath]) {
    if (path !== undefined && !(await deps.files.exists(path))) refuse(`${path} is missing`, { path });
  }
  if (restore.qemuDigest === undefined) return;
  const { path } = session.plan.qemu;
  const digest = await deps.digestOfFile(path);
  if (digest !== restore.qemuDigest)
    refuse(`it was saved by another QEMU than ${path} is now`, { path, saved: restore.qemuDigest, now: digest });
}
