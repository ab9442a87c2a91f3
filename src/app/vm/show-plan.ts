import type { VmConfig } from '../../core/config/vm-config.ts';
import type { Call, PlanResult } from '../../core/engine.ts';
import { macAddressOf } from '../../core/ids/mac-address.ts';
import type { CachedImage } from '../../core/ports/image-cache.ts';
import { qemuArguments } from '../../core/qemu/qemu-arguments.ts';
import type { KeptResources } from '../../core/resources/ledger.ts';
import type { Dependencies } from '../dependencies.ts';
import { planVm } from './plan-vm.ts';
import { socketsOf } from './sockets.ts';

/** What would be done; paths of a VM that does not exist are shown with its name as the id. */
export async function showPlan(deps: Dependencies, call: Call, config: VmConfig): Promise<PlanResult> {
  const { plan, cached } = await planVm(deps, call, config);
  const id = plan.name;
  const directory = `${deps.store.workspace}/vms/${id}`;
  const kept: KeptResources = {
    directory,
    socketDirectory: `${deps.directories.runtime}/${id}`,
    baseImagePath: cached?.path ?? `${deps.directories.cache}/${plan.image.value.id}`,
    overlayPath: `${directory}/disk.qcow2`,
    seedPath: `${directory}/seed.iso`,
    privateKeyPath: `${directory}/id_ed25519`,
    hostPublicKey: '',
    knownHostsPath: `${directory}/known_hosts`,
    instanceId: id,
    macAddress: macAddressOf(id),
    ...(plan.firmware && plan.boot.value === 'uefi' ? { varsPath: `${directory}/vars.qcow2` } : {}),
    ...(plan.boot.value === 'direct' ? bootFiles(deps, cached) : {}),
  };
  const ports = plan.ports.map((wish) => ({ guest: wish.guest, host: wish.host ?? 0, purpose: wish.purpose }));
  const running = { ports, sockets: socketsOf(kept.socketDirectory), logDirectory: `${directory}/runs/RUN` };
  return { plan, config, qemuArgs: [plan.qemu.path, ...qemuArguments(plan, kept, running)] };
}

/** Of an image that is not built yet, the names that its files will have. */
function bootFiles(
  deps: Dependencies,
  cached: CachedImage | undefined,
): Pick<KeptResources, 'kernelPath' | 'initrdPath'> {
  const place = `${deps.directories.cache}/images/by-digest/DIGEST`;
  return { kernelPath: cached?.kernelPath ?? `${place}/vmlinuz`, initrdPath: cached?.initrdPath ?? `${place}/initrd` };
}
