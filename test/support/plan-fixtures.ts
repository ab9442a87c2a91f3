import { readFileSync } from 'node:fs';
import { type ConfigSources, resolveConfig } from '../../src/core/config/resolve-config.ts';
import type { GuestArch, HostFacts } from '../../src/core/host-facts.ts';
import { parseImageLock } from '../../src/core/image/lock-schema.ts';
import { mergeLocks } from '../../src/core/image/merge-locks.ts';
import { makePlan } from '../../src/core/plan/make-plan.ts';
import type { PlanRequest } from '../../src/core/plan/plan-request.ts';
import type { VmPlan } from '../../src/core/plan/vm-plan.ts';
import type { KeptResources } from '../../src/core/resources/ledger.ts';

export const shippedLock = mergeLocks(
  parseImageLock(readFileSync(new URL('../../images.lock.json', import.meta.url), 'utf8'), 'images.lock.json'),
  undefined,
  'no workspace',
);

const firmwareOf = {
  linux: { x86_64: '/usr/share/OVMF/OVMF_CODE_4M.fd', aarch64: '/usr/share/AAVMF/AAVMF_CODE.fd' },
  darwin: {
    x86_64: '/opt/homebrew/share/qemu/edk2-x86_64-code.fd',
    aarch64: '/opt/homebrew/share/qemu/edk2-aarch64-code.fd',
  },
} as const;

/** A host as `host/facts` would describe it. Acceleration works where host and guest have one architecture. */
export function hostFacts(
  platform: 'linux' | 'darwin',
  arch: GuestArch,
  guestArch: GuestArch = arch,
  more: Partial<HostFacts> = {},
): HostFacts {
  const codePath = firmwareOf[platform][guestArch];
  const name = platform === 'darwin' ? 'hvf' : 'kvm';
  return {
    platform,
    release: platform === 'darwin' ? '24.6.0' : '6.1.0',
    arch,
    cpuModel: arch === 'aarch64' ? 'Apple M2' : 'AMD EPYC',
    cpuCount: 8,
    memoryMib: 32_768,
    freeMemoryMib: 24_576,
    guestArch,
    qemu: {
      path: `${platform === 'darwin' ? '/opt/homebrew' : '/usr'}/bin/qemu-system-${guestArch}`,
      version: '9.2.0',
      digest: `sha256:${'1'.repeat(64)}`,
    },
    firmware: {
      codePath,
      codeFormat: 'raw',
      varsTemplatePath: codePath.replace('CODE', 'VARS').replace('code', 'vars'),
      varsFormat: 'raw',
      codeDigest: `sha256:${'2'.repeat(64)}`,
      varsDigest: `sha256:${'3'.repeat(64)}`,
      source: 'descriptor 60-edk2.json',
    },
    ...(arch === guestArch ? { accelerator: { name, usable: true, reason: 'guest code answered in 40 ms' } } : {}),
    ...more,
  };
}

/** The plan for what a user typed (`flags` as commander gives them) on a host. */
export function planFor(
  flags: Readonly<Record<string, unknown>>,
  host: HostFacts,
  more: Partial<PlanRequest> & Partial<ConfigSources> = {},
): VmPlan {
  const config = resolveConfig({ env: {}, ...more, flags });
  return makePlan({ config, host, lock: shippedLock, sshPublicKeys: [], ...more });
}

/** Places of a VM's things; `root` may hold commas to show that they are escaped. */
export function keptResources(root: string, sockets = `${root}/s`): KeptResources {
  return {
    directory: root,
    socketDirectory: sockets,
    baseImagePath: `${root}/base.qcow2`,
    overlayPath: `${root}/disk.qcow2`,
    varsPath: `${root}/vars.qcow2`,
    seedPath: `${root}/seed.iso`,
    privateKeyPath: `${root}/id_ed25519`,
    hostPublicKey: 'ssh-ed25519 AAAA',
    knownHostsPath: `${root}/known_hosts`,
    kernelPath: `${root}/kernel`,
    initrdPath: `${root}/initrd`,
    instanceId: 'vm-0001',
    macAddress: '52:54:00:0a:0b:0c',
  };
}

export const socketsIn = (directory: string) => ({
  qmp: `${directory}/qmp`,
  console: `${directory}/console`,
  agent: `${directory}/agent`,
});
