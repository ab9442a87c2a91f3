import { fail } from '../../core/errors/sysmonvm-error.ts';
import { type HostedVm, hostConfigText, listenAddress } from '../../core/host-collector/host-config.ts';
import type { HostServices } from '../../core/host-collector/host-services.ts';
import { installSteps } from '../../core/host-collector/install-plan.ts';
import { type HostLayout, hostLayouts, serviceText } from '../../core/host-collector/layout.ts';
import type { InstallCollectorRequest, InstallReport } from '../../core/host-collector/operations.ts';
import type { Call } from '../../core/operation.ts';
import type { Dependencies } from '../dependencies.ts';
import { findBinary } from './find-binary.ts';
import { performSteps, requireRoot, requireSystemd } from './perform-steps.ts';

/** Installs, or brings up to date: what a person wrote into the configuration stays. */
export async function installCollector(
  deps: Dependencies,
  call: Call,
  request: InstallCollectorRequest,
): Promise<InstallReport> {
  const host = await deps.hostServices();
  const situation = await host.situation();
  const layout = hostLayouts[situation.os];
  const vms = await hostedVms(deps);
  if (!request.dryRun) {
    requireRoot(situation, ['sysmonvm', 'host-install', '--workspace', deps.directories.workspace]);
    requireSystemd(situation);
  }
  const { os, arch } = situation;
  const wanted = { os, arch, given: request.binary, build: false, dryRun: request.dryRun };
  const binary = await findBinary(deps, host, call, wanted);
  const existing = await host.read(layout.config);
  const configText = hostConfigText({
    os: layout.os,
    vms,
    path: layout.config,
    ...(request.listen === undefined ? {} : { listen: request.listen }),
    ...(existing === undefined ? {} : { existing }),
  });
  const steps = installSteps({
    layout,
    binary,
    configText,
    serviceText: serviceText(host.template(layout.serviceTemplate), layout),
  });
  const listen = listenAddress(configText);
  if (!request.dryRun) {
    await performSteps(host, steps, call);
    await proveRunning(host, call, { layout, listen });
  }
  const { service, config } = layout;
  return { os: layout.os, dryRun: request.dryRun, steps, service, config, listen, vms };
}

/** Of every workspace of this user in which VMs were made; those of a pool are nobody's yet. */
async function hostedVms(deps: Dependencies): Promise<readonly HostedVm[]> {
  const lists = await Promise.all((await deps.knownStores()).map((store) => store.list()));
  const named = lists.flatMap(({ vms }) =>
    vms.flatMap(({ identity }) => (identity.pool === undefined ? [{ id: identity.id, name: identity.name }] : [])),
  );
  return named.sort((a, b) => (a.id < b.id ? -1 : 1));
}

interface Running {
  readonly layout: HostLayout;
  readonly listen: InstallReport['listen'];
}

async function proveRunning(host: HostServices, call: Call, { layout, listen }: Running): Promise<void> {
  if (await host.isListening(listen, call.signal)) return;
  const words = await host.lastWords({ name: layout.serviceName, logs: layout.logs });
  const said = words.length === 0 ? 'and it said nothing' : `its last words:\n${words.join('\n')}`;
  const place = `${listen.host}:${listen.port}`;
  fail('collector.not-running', `${layout.serviceName} does not answer at ${place}, ${said}`, {
    details: { service: layout.serviceName, listen, words },
    next: [
      layout.os === 'darwin'
        ? `launchctl print system/${layout.serviceName}`
        : `systemctl status ${layout.serviceName}`,
      'sysmonvm host-uninstall',
    ],
  });
}
