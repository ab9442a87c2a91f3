import { type CheckerSecurity, guestConfigText, guestPlaces } from '../../core/checker-install/guest-places.ts';
import { isInstalled } from '../../core/checker-install/guest-state.ts';
import type { CheckerReport } from '../../core/checker-install/operations.ts';
import { readSample } from '../../core/checker-install/shown-sample.ts';
import { deadlineIn } from '../../core/deadline.ts';
import type { Call } from '../../core/engine.ts';
import { fail, hasCode } from '../../core/errors/sysmonvm-error.ts';
import type { Dependencies } from '../dependencies.ts';
import { removePort } from '../vm/forward-port.ts';
import { findVm } from '../vm/with-vm.ts';
import { alone, type CheckedGuest, guestState, inCheckedGuest } from './guest-installation.ts';
import { removeCheckerScript } from './install-script.ts';
import { keptSettings } from './kept-settings.ts';
import { withChecker } from './reach-checker.ts';
import { certificateFolder } from './vm-certificates.ts';

const answerMs = 10_000;

export async function checkerStatus(deps: Dependencies, call: Call, name: string): Promise<CheckerReport> {
  return inCheckedGuest(deps, call, name, async (guest) => {
    const state = await guestState(guest);
    if (!isInstalled(state)) return { vm: name, action: 'status', installed: false };
    const security = await securityOf(deps, guest, state.digests);
    const service = state.systemd ? { service: state.service } : {};
    const known: CheckerReport = { vm: name, action: 'status', installed: true, security, ...service };
    if (state.service !== 'active') return known;
    return { ...known, ...(await asked(deps, call, guest, security)) };
  });
}

/** What we wrote, by its digest; a configuration of somebody else's is taken for one with TLS if there are such files. */
async function securityOf(
  deps: Dependencies,
  guest: CheckedGuest,
  digests: Readonly<Record<string, string>>,
): Promise<CheckerSecurity> {
  const settings = await keptSettings(deps, guest);
  const vm = { id: guest.id, name: guest.name };
  const ours = (['none', 'insecure'] as const).find(
    (security) => digests['config'] === deps.digestOfText(guestConfigText({ vm, security, settings })),
  );
  return ours ?? (digests['server.pem'] === undefined ? 'none' : 'mtls');
}

async function asked(deps: Dependencies, call: Call, guest: CheckedGuest, security: CheckerSecurity) {
  const deadline = deadlineIn(deps.clock, answerMs, call.signal);
  const certificates = security === 'mtls' ? { certificates: certificateFolder(guest) } : {};
  return withChecker(deps, call, guest, security, async ({ client, address }) => {
    try {
      const health = await client.health(deadline);
      const sample = readSample(await client.status(deadline));
      return { health, address, ...certificates, ...(sample ? { sample } : {}) };
    } catch (error) {
      if (!hasCode(error, 'checker.unreachable')) throw error;
      return { address, ...certificates, problem: error.message };
    }
  });
}

/** Nothing of it is left in the guest; the certificates on the host go as well. */
export async function uninstallChecker(deps: Dependencies, call: Call, name: string): Promise<CheckerReport> {
  return alone(deps, call, name, 'remove the checker', async (guest) => {
    const removed = (await guest.root.run(removeCheckerScript, [guestPlaces.user])).split('\n').filter(Boolean);
    const folder = certificateFolder(guest);
    const hadCertificates = await deps.files.exists(folder);
    await deps.files.remove(folder);
    await forgetPort(deps, call, name);
    if (removed.length === 0 && !hadCertificates)
      fail('checker.not-installed', `there is no checker in ${name}`, { next: [`sysmonvm vm-install ${name}`] });
    return { vm: name, action: 'removed', installed: false, removed };
  });
}

/** The forward that the installation added; one that the VM was created with stays. */
async function forgetPort(deps: Dependencies, call: Call, name: string): Promise<void> {
  const { ledger, plan } = await findVm(deps, name);
  if (plan?.ports.some(({ guest }) => guest === guestPlaces.port)) return;
  for (const { guest, host } of ledger.running?.ports ?? [])
    if (guest === guestPlaces.port) await removePort(deps, call, name, host);
}
