import { fail } from '../../core/errors/sysmonvm-error.ts';
import { type BootMediumRequest, type Medium, type MediumArch, mediumArchs } from '../../core/measure/boot-medium.ts';
import type { Dependencies } from '../dependencies.ts';

export interface CheckedMedium {
  readonly arch: MediumArch;
  /** Every path absolute. */
  readonly medium: Medium;
  readonly diskFormat?: 'raw' | 'qcow2';
}

type CheckDependencies = Pick<Dependencies, 'mediaFiles' | 'disks'>;

const flagOf = {
  iso: '--iso',
  disk: '--disk',
  kernel: '--kernel',
  initrd: '--initrd',
  deviceTree: '--dtb',
  rootfs: '--rootfs',
  bios: '--bios',
} as const;
type Part = keyof typeof flagOf;

/** Everything that can be known to be wrong before anything is started or written. */
export async function checkMedium(deps: CheckDependencies, request: BootMediumRequest): Promise<CheckedMedium> {
  const arch = mediumArchs.find((name) => name === request.arch);
  if (arch === undefined) {
    fail('media.arch-unsupported', `There is no machine for "${request.arch}"; there are ${mediumArchs.join(', ')}.`, {
      details: { arch: request.arch, supported: mediumArchs },
      next: mediumArchs.map((name) => `--arch ${name}`),
    });
  }
  const asked = request.medium;
  requireParts(arch, asked);
  refuseWishes(arch, request);
  const medium: Record<string, string> = asked.append === undefined ? {} : { append: asked.append };
  for (const part of Object.keys(flagOf) as Part[]) {
    const path = asked[part];
    if (path === undefined) continue;
    medium[part] = part === 'rootfs' && path === 'none' ? path : await readablePath(deps, flagOf[part], path);
  }
  if (medium['iso'] !== undefined) await requireIso(deps, medium['iso']);
  if (medium['disk'] === undefined) return { arch, medium };
  return { arch, medium, diskFormat: await diskFormatOf(deps, medium['disk']) };
}

function requireParts(arch: MediumArch, { iso, disk, kernel, initrd, rootfs, bios }: Medium): void {
  if (arch !== 'arm') {
    if ([iso, disk, kernel, bios].every((path) => path === undefined))
      fail('media.parts-missing', 'There is nothing to boot: give --iso, --disk, --kernel or --bios.', {
        details: { arch, missing: ['iso', 'disk', 'kernel', 'bios'] },
        next: ['sysmonvm bench boot --help'],
      });
    return;
  }
  if (bios !== undefined) return;
  const missing = [
    ...(kernel === undefined ? ['a kernel (--kernel FILE)'] : []),
    ...(rootfs === undefined && initrd === undefined
      ? ['a root file system (--rootfs FILE or --initrd FILE; --rootfs none for a kernel that needs none)']
      : []),
  ];
  if (missing.length === 0) return;
  const given =
    iso === undefined && disk === undefined ? '' : ' ARM machines have no firmware that boots an ISO or a disk.';
  fail(
    'media.parts-missing',
    `An ARM machine cannot boot from what was given; missing: ${missing.join('; ')}.${given} Or give a firmware such as U-Boot (--bios FILE).`,
    {
      details: {
        arch,
        missing: [...(kernel === undefined ? ['kernel'] : []), ...((rootfs ?? initrd) ? [] : ['rootfs'])],
      },
      next: ['--kernel zImage --rootfs rootfs.img', '--kernel zImage --initrd initrd.gz', '--bios u-boot.bin'],
    },
  );
}

const whyUnreadable = {
  missing: 'does not exist',
  directory: 'is a directory',
  unreadable: 'may not be read by this user',
  empty: 'is empty',
} as const;

async function readablePath({ mediaFiles }: CheckDependencies, flag: string, path: string): Promise<string> {
  const found = await (await mediaFiles()).look(path);
  if (found.kind === 'file' && found.sizeBytes > 0) return found.path;
  const reason = found.kind === 'file' ? 'empty' : found.kind;
  return fail('media.unreadable', `${flag} ${path} ${whyUnreadable[reason]}. Nothing was started.`, {
    details: { flag, path, reason },
    next: [`ls -l ${path}`],
  });
}

/** The first volume descriptor of ISO 9660: its name stands one byte into sector 16. */
const isoMagicAt = 16 * 2048 + 1;

async function requireIso({ mediaFiles }: CheckDependencies, path: string): Promise<void> {
  const bytes = await (await mediaFiles()).bytes(path, isoMagicAt, 5);
  if (String.fromCharCode(...bytes) === 'CD001') return;
  fail('media.unreadable', `--iso ${path} is no ISO 9660 image. Nothing was started.`, {
    details: { flag: '--iso', path, reason: 'not-iso9660' },
    next: [`file ${path}`, `--disk ${path}   # for the image of a disk`],
  });
}

async function diskFormatOf({ disks }: CheckDependencies, path: string): Promise<'raw' | 'qcow2'> {
  const { format } = await (await disks()).inspect(path);
  if (format !== 'raw' && format !== 'qcow2')
    fail('media.unreadable', `--disk ${path} has the format ${format}; raw and qcow2 can be booted.`, {
      details: { flag: '--disk', path, reason: 'format', format },
      next: [`qemu-img convert -O qcow2 ${path} disk.qcow2`],
    });
  await (await disks()).assertSafeBase(path, format);
  return format;
}

function refuseWishes(
  arch: MediumArch,
  { medium, machine = {}, container, install, script, timeoutMs }: BootMediumRequest,
): void {
  const refuse = (message: string): never =>
    fail('usage.invalid-argument', message, { next: ['sysmonvm bench boot --help'] });
  if (machine.firmware === 'uefi' && arch !== 'x86_64' && arch !== 'aarch64')
    refuse(`There is no UEFI firmware for ${arch} machines.`);
  if (machine.vncPort !== undefined && !(machine.vncPort >= 5900 && machine.vncPort <= 65_535))
    refuse('--vnc-port is a port from 5900 to 65535.');
  if (machine.vncPort !== undefined && container !== undefined)
    refuse('A container has no network, so nobody could look at its screen: leave out --vnc-port.');
  if (install !== undefined && script === undefined && machine.vncPort === undefined)
    refuse(
      'An installation needs the answers to its questions (--install-script FILE), or a screen for a person (--vnc-port N).',
    );
  if (install !== undefined && container !== undefined) refuse('An installation is not run in a container.');
  const [ofKernel] = (['initrd', 'deviceTree', 'append'] as const).filter((part) => medium[part] !== undefined);
  if (medium.kernel === undefined && ofKernel !== undefined)
    refuse(`${ofKernel === 'append' ? '--append' : flagOf[ofKernel]} belongs to a kernel (--kernel FILE).`);
  if (!(timeoutMs > 0)) refuse('--timeout is a duration greater than 0.');
}
