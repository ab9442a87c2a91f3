import { fail } from '../../core/errors/sysmonvm-error.ts';
import { hostConfigText } from '../../core/host-collector/host-config.ts';
import type { HostSituation } from '../../core/host-collector/host-services.ts';
import { type HostOs, hostLayouts, linuxPackageLayout } from '../../core/host-collector/layout.ts';
import type { PackageCollectorRequest, PackageReport } from '../../core/host-collector/operations.ts';
import { type PackageFormat, packageSettings } from '../../core/host-collector/package-options.ts';
import { packagePlan } from '../../core/host-collector/package-plan.ts';
import type { Call } from '../../core/operation.ts';
import type { Dependencies } from '../dependencies.ts';
import { findBinary } from './find-binary.ts';
import { performSteps } from './perform-steps.ts';

/** @throws collector.package-invalid */
function requireMac(here: HostSituation, formats: readonly PackageFormat[], os: HostOs): void {
  if (here.os === 'darwin' || !formats.includes('pkg')) return;
  fail('collector.package-invalid', 'a .pkg is made by tools that only a Mac has; nothing was made', {
    next: [`sysmonvm host-package --os ${os} --format tar.gz`],
  });
}

/** Puts packages together in a folder beside them, which goes whatever happens. */
export async function packageCollector(
  deps: Dependencies,
  call: Call,
  request: PackageCollectorRequest,
): Promise<PackageReport> {
  const host = await deps.hostServices();
  const situation = await host.situation();
  const { os = situation.os, arch = os === 'darwin' ? 'aarch64' : situation.arch, dryRun } = request;
  const layout = os === 'darwin' ? hostLayouts.darwin : linuxPackageLayout;
  const settings = packageSettings(request.env, { os, formats: request.formats, ownVersion: deps.ownVersion() });
  if (!dryRun) requireMac(situation, settings.formats, os);
  const output = request.output ?? `${deps.directories.workspace}/packages`;
  const staging = `${output}/.staging-${deps.randomHex(4)}`;
  const { steps, files } = packagePlan({
    layout,
    arch,
    settings,
    output,
    staging,
    binary: await findBinary(deps, host, call, { os, arch, given: request.binary, build: !settings.skipBuild, dryRun }),
    configText: hostConfigText({ os, vms: [], path: layout.config }),
    template: host.template,
  });
  if (!dryRun) {
    try {
      await performSteps(host, steps, call);
    } finally {
      await deps.files.remove(staging);
    }
  }
  return { os, arch, dryRun, steps, files };
}
