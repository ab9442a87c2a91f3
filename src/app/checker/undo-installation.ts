import { guestPlaces } from '../../core/checker-install/guest-places.ts';
import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { CheckedGuest } from './guest-installation.ts';
import { checkerJournalScript, removeCheckerScript, restoreCheckerScript } from './install-script.ts';

/** The former checker comes back, or nothing is left of the first one; then the error, with the service's last words. */
export async function undoInstallation(call: Call, guest: CheckedGuest, cause: unknown): Promise<never> {
  const journal = (await guest.root.run(checkerJournalScript).catch(() => '')).trim();
  call.report({ kind: 'step', step: 'put back what was installed before', state: 'running' });
  const [answer] = (await guest.root.run(restoreCheckerScript)).trim().split('\n').slice(-1);
  const restored = answer === 'restored';
  if (!restored) await guest.root.run(removeCheckerScript, [guestPlaces.user]);
  call.report({ kind: 'step', step: 'put back what was installed before', state: 'done' });
  const after = restored ? 'The former one was put back.' : 'It was removed again.';
  const why = cause instanceof Error ? cause.message : String(cause);
  return fail('checker.unhealthy', `the checker in ${guest.name} is not healthy: ${why}. ${after}${said(journal)}`, {
    details: { vm: guest.name, restored, journal: journal.split('\n') },
    next: [`sysmonvm vm-install --status ${guest.name}`],
    cause,
  });
}

const said = (journal: string): string => (journal === '' ? '' : ` Its journal ends:\n${journal}`);
