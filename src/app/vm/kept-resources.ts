import { macAddressOf } from '../../core/ids/mac-address.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { KeptResources } from '../../core/resources/ledger.ts';
import type { Dependencies } from '../dependencies.ts';
import { rootOfSockets } from './sockets.ts';

type ImageFiles = Pick<KeptResources, 'baseImagePath' | 'kernelPath' | 'initrdPath'>;

/** What a VM will hold, by name; nothing of it exists yet. */
export function namedResources(
  deps: Pick<Dependencies, 'directories'>,
  id: string,
  directory: string,
  plan: VmPlan,
  { baseImagePath, kernelPath, initrdPath }: ImageFiles,
): KeptResources {
  return {
    directory,
    socketDirectory: rootOfSockets(deps, id),
    baseImagePath,
    overlayPath: `${directory}/disk.qcow2`,
    seedPath: `${directory}/seed.iso`,
    privateKeyPath: `${directory}/id_ed25519`,
    hostPublicKey: '',
    knownHostsPath: `${directory}/known_hosts`,
    instanceId: id,
    macAddress: plan.macAddress?.value ?? macAddressOf(id),
    ...(plan.firmware && plan.boot.value === 'uefi' ? { varsPath: `${directory}/vars.qcow2` } : {}),
    ...(plan.boot.value === 'direct' && kernelPath && initrdPath ? { kernelPath, initrdPath } : {}),
  };
}
