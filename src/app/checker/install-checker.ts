import { type CheckerSettings, guestConfigText, guestPlaces } from '../../core/checker-install/guest-places.ts';
import { hasExactly } from '../../core/checker-install/guest-state.ts';
import type { CheckerReport, InstallCheckerOptions } from '../../core/checker-install/operations.ts';
import type { Call } from '../../core/engine.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import type { BuiltChecker } from '../../core/ports/checker-builder.ts';
import type { Dependencies } from '../dependencies.ts';
import { awaitHealthy } from './await-healthy.ts';
import { digestsOf, type GuestFiles } from './guest-files.ts';
import { alone, type CheckedGuest, guestState } from './guest-installation.ts';
import { keepCheckerScript } from './install-script.ts';
import { keepSettings, settingsOf } from './kept-settings.ts';
import { placeChecker } from './place-checker.ts';
import { undoInstallation } from './undo-installation.ts';
import { certificateFolder, certificatesOf } from './vm-certificates.ts';

const healthyMs = 90_000;

/** Installs or upgrades in place, and proves that it works; what was there comes back when it does not. */
export async function installChecker(
  deps: Dependencies,
  call: Call,
  name: string,
  options: InstallCheckerOptions,
): Promise<CheckerReport> {
  return alone(deps, call, name, 'install the checker', async (guest) => {
    const before = await guestState(guest);
    if (!options.skipService && !before.systemd)
      fail('checker.guest-unfit', `${name} has no systemd, which runs the checker`, {
        next: [`sysmonvm vm-install ${name} --skip-service`],
      });
    if (options.security === 'insecure' && guest.network !== 'user')
      fail('vm.refused', `${name} has network ${guest.network}, where others would reach a checker without TLS`, {
        next: [`sysmonvm vm-install ${name}`],
      });
    const settings = await settingsOf(deps, guest, options.config);
    const files = await gather(deps, call, guest, options, settings);
    const { checker } = files;
    const report = reportOf(guest, options, checker);
    if (hasExactly(before, digestsOf(deps, files)) && (options.skipService || before.service === 'active')) {
      await keepSettings(deps, guest, settings);
      if (options.skipService) return { ...report, action: 'up-to-date' };
      const proven = await awaitHealthy(deps, call, guest, options.security, options.timeoutMs ?? healthyMs);
      return { ...report, action: 'up-to-date', service: before.service, ...proven };
    }
    await placeChecker(deps, call, guest, files, before.digests['binary'] !== checker.digest);
    if (options.skipService) {
      await guest.root.run(keepCheckerScript);
      await keepSettings(deps, guest, settings);
      return { ...report, action: 'installed' };
    }
    const proven = await prove(deps, call, guest, options);
    await keepSettings(deps, guest, settings);
    return { ...report, action: 'installed', service: 'active', ...proven };
  });
}

async function prove(deps: Dependencies, call: Call, guest: CheckedGuest, options: InstallCheckerOptions) {
  call.report({ kind: 'step', step: 'health of the checker', state: 'running' });
  try {
    const proven = await awaitHealthy(deps, call, guest, options.security, options.timeoutMs ?? healthyMs);
    await guest.root.run(keepCheckerScript);
    call.report({ kind: 'step', step: 'health of the checker', state: 'done', detail: proven.health });
    return proven;
  } catch (error) {
    call.signal.throwIfAborted();
    return undoInstallation(call, guest, error);
  }
}

async function gather(
  deps: Dependencies,
  call: Call,
  guest: CheckedGuest,
  { security, binary, skipService }: InstallCheckerOptions,
  settings: CheckerSettings,
): Promise<GuestFiles> {
  const { builder, serviceUnit } = await deps.checkerTools();
  const from = binary === undefined ? ({ kind: 'staged' } as const) : ({ kind: 'file', path: binary } as const);
  const { checker } = await builder.build({ target: guest.target, from, aside: binary !== undefined }, call);
  const certificates = security === 'mtls' ? await certificatesOf(deps, guest) : undefined;
  return {
    checker,
    config: guestConfigText({ vm: { id: guest.id, name: guest.name }, security, settings }),
    ...(certificates ? { certificates } : {}),
    ...(skipService ? {} : { unit: serviceUnit(guestPlaces) }),
  };
}

function reportOf(guest: CheckedGuest, { security }: InstallCheckerOptions, checker: BuiltChecker) {
  const { digest, bytes, from } = checker;
  return {
    vm: guest.name,
    installed: true,
    security,
    checker: { digest, bytes, from },
    ...(security === 'mtls' ? { certificates: certificateFolder(guest) } : {}),
  };
}
