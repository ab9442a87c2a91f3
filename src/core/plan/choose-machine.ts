import { refuseValue } from '../config/findings.ts';
import type { VmConfig } from '../config/vm-config.ts';
import { fail } from '../errors/sysmonvm-error.ts';
import type { Accelerator, FirmwareFacts, GuestArch, HostFacts, QemuFacts } from '../host-facts.ts';
import { compareVersions, minimumQemuVersion } from '../qemu/version.ts';
import { choosePinnedModel } from './choose-pinned.ts';
import { originText } from './origin-text.ts';
import type { CachedImageFacts, Warn } from './plan-request.ts';
import type { BootMethod, Choice, PlannedImage } from './vm-plan.ts';

export function requireQemu(host: HostFacts): QemuFacts {
  const tool = `qemu-system-${host.guestArch}`;
  if (host.qemu === undefined) {
    fail('host.tool-missing', `${tool} is not installed; it boots ${host.guestArch} guests.`, {
      details: { tool },
      next: ['sysmonvm host-setup'],
    });
  }
  const minimum = minimumQemuVersion(host.platform, host.arch);
  if (compareVersions(host.qemu.version, minimum) < 0) {
    fail(
      'host.tool-too-old',
      `${host.qemu.path} is version ${host.qemu.version}; at least ${minimum} is needed on this host.`,
      {
        details: { tool, path: host.qemu.path, version: host.qemu.version, minimum },
        next: ['sysmonvm host-setup'],
      },
    );
  }
  return host.qemu;
}

/** `host` passes the host's CPU through and exists only under acceleration. */
export function chooseCpuModel(
  config: VmConfig,
  host: HostFacts,
  accelerator: Accelerator,
  warn: Warn,
): Choice<string> {
  const { value, origin } = config.cpuModel;
  if (value !== undefined) {
    if (accelerator === 'tcg' && /^host(,|$)/.test(value))
      refuseValue(origin, '--cpu-model', '"host" needs hardware acceleration; an emulated guest can have "max"');
    return { value, reason: originText(origin) };
  }
  const pinned = choosePinnedModel(config, host, accelerator, warn);
  if (pinned !== undefined) return pinned;
  if (accelerator !== 'tcg')
    return { value: 'host', reason: `${accelerator} runs the guest on the host's own CPU (${host.cpuModel})` };
  if (host.guestArch === 'aarch64')
    return {
      value: 'max,pauth-impdef=on',
      reason: 'emulated: all features, with the fast form of pointer authentication',
    };
  return { value: 'max', reason: 'emulated: all features, so that guests which need x86-64-v2 or v3 boot' };
}

export interface BootChoice {
  readonly boot: Choice<BootMethod>;
  readonly firmware?: FirmwareFacts;
  readonly kernelCommandLine?: string;
}

export function chooseBoot(
  config: VmConfig,
  host: HostFacts,
  accelerator: Accelerator,
  image: PlannedImage,
  cached: CachedImageFacts | undefined,
): BootChoice {
  const boot = bootMethod(config, accelerator, image, cached);
  if (boot.value === 'direct')
    return {
      boot,
      ...(cached?.kernelCommandLine === undefined
        ? {}
        : { kernelCommandLine: commandLine(cached.kernelCommandLine, accelerator, host.guestArch) }),
    };
  if (host.firmware === undefined) {
    const packages =
      host.platform === 'darwin'
        ? "Homebrew's qemu brings it"
        : host.guestArch === 'aarch64'
          ? 'packages: qemu-efi-aarch64, edk2-aarch64'
          : 'packages: ovmf, edk2-ovmf';
    fail('host.firmware-missing', `No UEFI firmware for ${host.guestArch} guests was found (${packages}).`, {
      details: { arch: host.guestArch, platform: host.platform },
      next: ['sysmonvm host-setup'],
    });
  }
  return { boot, firmware: host.firmware };
}

/**
 * Words for an emulated guest. QEMU before 8 translates the code of every program anew for each address that it is
 * loaded to, so a guest that randomises addresses needs four times as long to start a program. And the kernel distrusts
 * a time stamp counter that is not called constant, and asks the HPET instead, which an emulator answers slowly; QEMU's
 * counter is the same on all processors and stands still when they do.
 */
function commandLine(ofImage: string, accelerator: Accelerator, arch: GuestArch): string {
  if (accelerator !== 'tcg') return ofImage;
  return [ofImage, 'norandmaps', ...(arch === 'x86_64' ? ['tsc=reliable'] : [])].join(' ').trim();
}

function bootMethod(
  config: VmConfig,
  accelerator: Accelerator,
  image: PlannedImage,
  cached: CachedImageFacts | undefined,
): Choice<BootMethod> {
  const asked = config.boot.value;
  const hasKernel = image.kind === 'local' && (cached === undefined || cached.kernelCommandLine !== undefined);
  if (asked === 'direct' && !hasKernel) {
    refuseValue(
      config.boot.origin,
      '--boot',
      `direct needs an image whose kernel lies beside it (one that is built here); ${image.id} boots through its firmware`,
    );
  }
  if (asked !== 'auto') return { value: asked, reason: originText(config.boot.origin) };
  if (hasKernel && accelerator === 'tcg')
    return {
      value: 'direct',
      reason:
        "QEMU loads the kernel of this local image itself, which saves the emulated firmware's 3 to 8 seconds, and tells it not to randomise addresses, which makes emulated programs start faster",
    };
  return {
    value: 'uefi',
    reason: image.kind === 'local' ? 'firmware costs little when accelerated' : 'the image brings its own boot loader',
  };
}
