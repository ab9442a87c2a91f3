import { homedir, arch as nodeArch, release as osRelease } from 'node:os';
import { join } from 'node:path';
import { fail } from '../../core/errors/sysmonvm-error.ts';
import { toMib } from '../../core/facts/memory-text.ts';
import type { FirmwareFacts, GuestArch, HostFacts, QemuFacts } from '../../core/host-facts.ts';
import type { AcceleratorVerdict, HostFactsSource } from '../../core/ports/host-facts-source.ts';
import type { ProcessRunner } from '../../core/ports/process-runner.ts';
import { linuxIdentityReader } from '../process/process-identity.ts';
import { minimalEnvironment } from '../process/process-runner.ts';
import { extraFolders, searchFolders } from '../process/tool-search.ts';
import { acceleratorVerdict } from './accelerator-verdict.ts';
import { cachedDigest } from './file-digest.ts';
import { findFirmware } from './find-firmware.ts';
import { findQemu } from './find-qemu.ts';
import { type HostResources, linuxResources, macResources } from './host-resources.ts';
import { createJsonCache } from './json-cache.ts';
import { lookAtKvm } from './kvm-device.ts';
import { launchProbe } from './launch-probe.ts';

export interface HostFactsDeps {
  readonly runner: Pick<ProcessRunner, 'run' | 'which'>;
  /** Digests and verdicts are kept in its folder `facts`. */
  readonly cacheDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform?: NodeJS.Platform;
  readonly hostArch?: GuestArch;
  readonly release?: string;
  readonly home?: string;
  readonly kvmDevice?: string;
}

export function createHostFactsSource(deps: HostFactsDeps): HostFactsSource {
  const { runner, env } = deps;
  const platform = supportedPlatform(deps.platform ?? process.platform);
  const hostArch = deps.hostArch ?? hostArchitecture();
  const release = deps.release ?? osRelease();
  const cache = createJsonCache(join(deps.cacheDir, 'facts'));
  const search = { runner, cache, env, platform, hostArch };
  const programEnv = minimalEnvironment(env, searchFolders(env['PATH'], extraFolders(platform)));

  const resources = (signal?: AbortSignal): Promise<HostResources> =>
    platform === 'darwin' ? macResources(runner, signal) : linuxResources();

  async function verdictFor(
    arch: GuestArch,
    qemu: QemuFacts | undefined,
    cpuModel: string,
    options: { readonly refresh?: boolean; readonly signal?: AbortSignal },
  ): Promise<AcceleratorVerdict | undefined> {
    if (arch !== hostArch) return undefined;
    const { signal } = options;
    return acceleratorVerdict(
      {
        platform,
        cache,
        bootId: () => bootId(runner, platform),
        lookAtKvm: () => lookAtKvm(deps.kvmDevice),
        hvSupport: () => said(runner, 'sysctl', ['-n', 'kern.hv_support']),
        entitled: (path) => isEntitled(runner, path),
        launch: (qemuPath, guestArch, accelerator) =>
          launchProbe({ qemuPath, arch: guestArch, accelerator, env: programEnv, ...(signal ? { signal } : {}) }),
        now: () => Date.now(),
      },
      { arch, qemu, release, cpuModel, refresh: options.refresh ?? false },
    );
  }

  async function firmwareFor(
    arch: GuestArch,
    qemu: QemuFacts | undefined,
    signal?: AbortSignal,
  ): Promise<FirmwareFacts | undefined> {
    const home = deps.home ?? homedir();
    const found = await findFirmware({ arch, env, home, ...(qemu === undefined ? {} : { qemuPath: qemu.path }) });
    if (found === undefined) return undefined;
    const [codeDigest, varsDigest] = await Promise.all([
      cachedDigest(cache, found.codePath, signal),
      cachedDigest(cache, found.varsTemplatePath, signal),
    ]);
    return { ...found, codeDigest, varsDigest };
  }

  return {
    async collect(arch, signal) {
      const [host, qemu] = await Promise.all([resources(signal), findQemu(search, arch, signal)]);
      const [firmware, verdict, seedTool] = await Promise.all([
        firmwareFor(arch, qemu, signal),
        verdictFor(arch, qemu, host.cpuModel, signal === undefined ? {} : { signal }),
        findSeedTool(runner, platform),
      ]);
      return {
        platform,
        release,
        arch: hostArch,
        cpuModel: host.cpuModel,
        ...(host.cpuFlags === undefined ? {} : { cpuFlags: host.cpuFlags }),
        cpuCount: host.cpuCount,
        memoryMib: toMib(host.memoryBytes),
        freeMemoryMib: toMib(host.freeMemoryBytes),
        guestArch: arch,
        ...(qemu === undefined ? {} : { qemu }),
        ...(firmware === undefined ? {} : { firmware }),
        ...(verdict === undefined
          ? {}
          : { accelerator: { name: verdict.accelerator, usable: verdict.usable, reason: verdict.reason } }),
        ...(seedTool === undefined ? {} : { seedTool }),
      };
    },
    async probeAccelerator(arch, options = {}) {
      if (arch !== hostArch) return undefined;
      const [host, qemu] = await Promise.all([resources(options.signal), findQemu(search, arch, options.signal)]);
      return verdictFor(arch, qemu, host.cpuModel, options);
    },
  };
}

async function findSeedTool(
  runner: Pick<ProcessRunner, 'which'>,
  platform: 'linux' | 'darwin',
): Promise<HostFacts['seedTool']> {
  const names = platform === 'darwin' ? (['hdiutil'] as const) : (['genisoimage', 'mkisofs', 'xorriso'] as const);
  for (const name of names) {
    const path = await runner.which(name);
    if (path !== undefined) return { name, path };
  }
  return undefined;
}

async function bootId(runner: Pick<ProcessRunner, 'run' | 'which'>, platform: 'linux' | 'darwin'): Promise<string> {
  if (platform === 'linux') return linuxIdentityReader().bootId();
  return (await said(runner, 'sysctl', ['-n', 'kern.bootsessionuuid']))?.trim() ?? 'unknown boot';
}

async function isEntitled(runner: Pick<ProcessRunner, 'run' | 'which'>, path: string): Promise<boolean | undefined> {
  const plist = await said(runner, 'codesign', ['-d', '--entitlements', '-', '--xml', path]);
  if (plist === undefined) return undefined;
  return /<key>com\.apple\.security\.hypervisor<\/key>\s*<true\s*\/>/.test(plist);
}

/** undefined: the program is not there or has no answer, so nothing is known. */
async function said(
  runner: Pick<ProcessRunner, 'run' | 'which'>,
  tool: string,
  args: readonly string[],
): Promise<string | undefined> {
  if ((await runner.which(tool)) === undefined) return undefined;
  const { exitCode, stdout } = await runner.run(tool, args, { acceptExitCodes: 'any', timeoutMs: 5_000 });
  return exitCode === 0 ? stdout : undefined;
}

function supportedPlatform(name: NodeJS.Platform): 'linux' | 'darwin' {
  if (name === 'linux' || name === 'darwin') return name;
  return fail('host.unsupported', `${name} is not supported; macOS and Linux are`, {
    next: ['Use a Mac or a Linux machine; on Windows, WSL 2 is a Linux machine.'],
  });
}

function hostArchitecture(): GuestArch {
  const name = nodeArch();
  if (name === 'x64') return 'x86_64';
  if (name === 'arm64') return 'aarch64';
  return fail('host.unsupported', `hosts of architecture ${name} are not supported; x86_64 and aarch64 are`);
}
