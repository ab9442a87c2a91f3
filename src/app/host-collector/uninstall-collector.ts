import { uninstallSteps } from '../../core/host-collector/install-plan.ts';
import { hostLayouts } from '../../core/host-collector/layout.ts';
import type { CollectorReport } from '../../core/host-collector/operations.ts';
import type { Call } from '../../core/operation.ts';
import type { Dependencies } from '../dependencies.ts';
import { performSteps, requireRoot, requireSystemd } from './perform-steps.ts';

/** No steps: nothing of ours is here. */
export async function uninstallCollector(
  deps: Dependencies,
  call: Call,
  { dryRun, keepConfig }: { readonly dryRun: boolean; readonly keepConfig: boolean },
): Promise<CollectorReport> {
  const host = await deps.hostServices();
  const situation = await host.situation();
  const layout = hostLayouts[situation.os];
  const places = [layout.service, layout.program, ...(keepConfig ? [] : [layout.config, ...layout.logs])];
  const there = await Promise.all(places.map((path) => host.exists(path)));
  if (!there.includes(true)) return { os: layout.os, dryRun, steps: [] };
  const steps = uninstallSteps({ layout, keepConfig });
  if (!dryRun) {
    requireRoot(situation, ['sysmonvm', 'host-uninstall']);
    requireSystemd(situation);
    await performSteps(host, steps, call);
  }
  return { os: layout.os, dryRun, steps };
}
