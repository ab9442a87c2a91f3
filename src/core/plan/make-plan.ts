import type { VmConfig } from '../config/vm-config.ts';
import { fail } from '../errors/sysmonvm-error.ts';
import type { HostFacts } from '../host-facts.ts';
import { hostnameFor } from '../ids/vm-name.ts';
import { chooseAccelerator } from './choose-accelerator.ts';
import { chooseImage } from './choose-image.ts';
import { chooseBoot, chooseCpuModel, requireQemu } from './choose-machine.ts';
import { chooseMacAddress, chooseMachine, choosePinnedCpus } from './choose-pinned.ts';
import { chooseCpus, chooseDisk, chooseMemory } from './choose-sizes.ts';
import { originText } from './origin-text.ts';
import type { PlanRequest, Warn } from './plan-request.ts';
import type { PlannedImage, PortWish, VmPlan } from './vm-plan.ts';

const acceleratedReadyTimeoutMs = 300_000;

/**
 * Exactly what will be done, from what was asked and what there is. Pure: no host is touched, and the same request
 * gives an equal plan.
 * @throws the error of the first thing that cannot be had.
 */
export function makePlan(request: PlanRequest): VmPlan {
  const { config, host, cachedImage, cloudConfig } = request;
  const warnings: string[] = [];
  const warn: Warn = (sentence) => warnings.push(sentence);
  if (config.arch.value !== undefined && config.arch.value !== host.guestArch) {
    throw new Error(`host facts were collected for ${host.guestArch}, the config asks for ${config.arch.value}`);
  }
  const { image, minimumMemoryMib } = chooseImage(request, warn);
  const qemu = requireQemu(host);
  const accelerator = chooseAccelerator(config, host, warn);
  const { boot, firmware, kernelCommandLine } = chooseBoot(config, host, accelerator.value, image.value, cachedImage);
  warnOfPageSize(image.value, host, accelerator.value !== 'tcg', warn);
  const ready = config.readyTimeoutMs;
  const shorter = ready.origin.from === 'default' && accelerator.value !== 'tcg';
  return {
    schemaVersion: 1,
    name: config.name.value,
    arch: host.guestArch,
    host: { platform: host.platform, arch: host.arch },
    image,
    accelerator,
    machine: chooseMachine(config, host, qemu),
    cpuModel: chooseCpuModel(config, host, accelerator.value, warn),
    cpus: chooseCpus(config, host, warn),
    memoryMib: chooseMemory(config, host, minimumMemoryMib, request.previous, warn),
    diskGib: chooseDisk(config, image.value.virtualSizeBytes),
    boot,
    ...(kernelCommandLine === undefined ? {} : { kernelCommandLine }),
    qemu,
    ...(firmware === undefined ? {} : { firmware }),
    network: { value: config.network.value, reason: originText(config.network.origin) },
    ...chooseBridge(config, host, warn),
    ...chooseMacAddress(config),
    ...choosePinnedCpus(config, host),
    ...(config.reproducible?.value === true ? { reproducible: true } : {}),
    ports: portWishes(config),
    guest: {
      hostname: config.hostname.value ?? hostnameFor(config.name.value),
      user: config.user.value,
      sudo: config.sudo.value,
      extraAuthorizedKeys: request.sshPublicKeys.map((key) => key.trim()),
      ...(cloudConfig === undefined ? {} : { cloudConfig }),
      timezone: 'UTC',
    },
    ...(config.ttlMs.value === undefined ? {} : { ttlMs: config.ttlMs.value }),
    ephemeral: request.ephemeral ?? false,
    readyTimeoutMs: shorter ? Math.min(ready.value, acceleratedReadyTimeoutMs) : ready.value,
    warnings,
  };
}

/** A number given for this one VM is fixed; one in the file, which several VMs share, or a default is preferred. */
export function portWishes(config: VmConfig): PortWish[] {
  if (config.network.value === 'none') {
    if (config.ports.value.length > 0 && config.ports.origin.from !== 'file') {
      fail('usage.invalid-argument', 'Ports cannot be forwarded to a VM without a network (--network none).', {
        details: { ports: config.ports.value },
      });
    }
    return [];
  }
  const strength = (origin: VmConfig['ports']['origin']) =>
    origin.from === 'flag' || origin.from === 'env' ? 'fixed' : 'preferred';
  const { sshPort, ports } = config;
  return [
    { guest: 22, host: sshPort.value, strength: strength(sshPort.origin), purpose: 'ssh' },
    ...ports.value.map(
      ({ host, guest }): PortWish =>
        host === 0
          ? { guest, strength: 'any', purpose: 'user' }
          : { guest, host, strength: strength(ports.origin), purpose: 'user' },
    ),
  ];
}

function chooseBridge(config: VmConfig, host: HostFacts, warn: Warn): { readonly bridge?: string } {
  if (config.network.value !== 'bridged') return {};
  warn(
    host.platform === 'linux'
      ? "Bridged: the guest is a machine of its own on your network. QEMU's bridge helper must be allowed to use the bridge."
      : 'Bridged: the guest is a machine of its own on your network. macOS lets only root (or a signed QEMU) do this.',
  );
  return { bridge: config.bridge.value ?? (host.platform === 'linux' ? 'br0' : 'en0') };
}

/** https://github.com/lima-vm/lima/issues/841 */
function warnOfPageSize(image: PlannedImage, host: HostFacts, accelerated: boolean, warn: Warn): void {
  const enterpriseLinux8 = /^(almalinux|rocky|centos|centos-stream|rhel|oracle)-8(\D|$)/i;
  if (image.arch === 'aarch64' && host.platform === 'darwin' && accelerated && enterpriseLinux8.test(image.id)) {
    warn(
      'The kernel of Enterprise Linux 8 for aarch64 uses 64 KiB pages, which Apple silicon does not have: it will not boot. Use release 9, or --arch x86_64 (emulated).',
    );
  }
}
