import type { VmConfig } from '../../core/config/vm-config.ts';
import type { Call, PlanResult } from '../../core/engine.ts';
import type { CachedImage } from '../../core/ports/image-cache.ts';
import { qemuArguments } from '../../core/qemu/qemu-arguments.ts';
import type { KeptResources } from '../../core/resources/ledger.ts';
import type { Dependencies } from '../dependencies.ts';
import { namedResources } from './kept-resources.ts';
import { planVm } from './plan-vm.ts';
import { socketsOf } from './sockets.ts';

/** What would be done; paths of a VM that does not exist are shown with its name as the id. */
export async function showPlan(deps: Dependencies, call: Call, config: VmConfig): Promise<PlanResult> {
  const { plan, cached } = await planVm(deps, call, config);
  const id = plan.name;
  const directory = `${deps.store.workspace}/vms/${id}`;
  const kept = namedResources(deps, id, directory, plan, filesOf(deps, plan.image.value.id, cached));
  const ports = plan.ports.map((wish) => ({ guest: wish.guest, host: wish.host ?? 0, purpose: wish.purpose }));
  const running = { ports, sockets: socketsOf(kept.socketDirectory), logDirectory: `${directory}/runs/RUN` };
  return { plan, config, qemuArgs: qemuArguments(plan, kept, running) };
}

/** Of an image that is not there yet, the names that its files will have. */
function filesOf(
  deps: Dependencies,
  imageId: string,
  cached: CachedImage | undefined,
): Pick<KeptResources, 'baseImagePath' | 'kernelPath' | 'initrdPath'> {
  const place = `${deps.directories.cache}/images/by-digest/DIGEST`;
  return {
    baseImagePath: cached?.path ?? `${deps.directories.cache}/${imageId}`,
    kernelPath: cached?.kernelPath ?? `${place}/vmlinuz`,
    initrdPath: cached?.initrdPath ?? `${place}/initrd`,
  };
}
