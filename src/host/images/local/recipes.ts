import { fail } from '../../../core/errors/sysmonvm-error.ts';

export type GuestArch = 'x86_64' | 'aarch64';
type LocalImageId = 'tiny' | 'debian-12' | 'debian-12-untrimmed';

export interface LocalRecipe {
  readonly id: LocalImageId;
  readonly arch: GuestArch;
  readonly debianArch: 'amd64' | 'arm64';
  /** Raised when a change here or in templates/local-images should rebuild images that exist. */
  readonly revision: number;
  /** The release the guest is made of; absent means the one the host's sources are for. */
  readonly release?: string;
  readonly packages: readonly string[];
  readonly defaultUser: string;
  readonly kernelCommandLine: string;
  readonly virtualSizeMib: number;
  readonly trimmed: boolean;
}

const localImageIds: readonly LocalImageId[] = ['tiny', 'debian-12', 'debian-12-untrimmed'];

const DEBIAN_PACKAGES = [
  'systemd-sysv',
  'systemd-resolved',
  'openssh-server',
  'cloud-init',
  'cloud-guest-utils',
  'fdisk',
  'sudo',
  'iproute2',
  'iputils-ping',
  'netbase',
  'dbus',
  'qemu-guest-agent',
  'ca-certificates',
  'chrony',
  'initramfs-tools',
  'e2fsprogs',
];
const TINY_PACKAGES = [
  'busybox-static',
  'dropbear-bin',
  'openssh-sftp-server',
  'qemu-guest-agent',
  'sudo',
  'python3-minimal',
  'libpython3-stdlib',
];

const packagesOf = (id: LocalImageId, debianArch: string): string[] => {
  const packages = id === 'tiny' ? TINY_PACKAGES : DEBIAN_PACKAGES;
  return [...packages, `linux-image-cloud-${debianArch}`];
};

const commandLineOf = (arch: GuestArch, trimmed: boolean): string =>
  [
    'root=PARTLABEL=root',
    trimmed ? 'rootflags=noatime' : '',
    'rw',
    `console=${arch === 'x86_64' ? 'ttyS0,115200' : 'ttyAMA0,115200'}`,
    // One port is enough: probing the other three of the kernel's default costs time under emulation.
    trimmed && arch === 'x86_64' ? '8250.nr_uarts=1' : '',
    trimmed ? 'cryptomgr.notests rcupdate.rcu_expedited=1' : '',
  ]
    .filter((word) => word !== '')
    .join(' ');

export const localRecipe = (id: string, arch: GuestArch): LocalRecipe => {
  const known = localImageIds.find((candidate) => candidate === id);
  if (known === undefined) {
    return fail('image.recipe-unknown', `no local recipe is named ${id}`, { details: { recipes: [...localImageIds] } });
  }
  const debianArch = arch === 'x86_64' ? 'amd64' : 'arm64';
  const trimmed = known !== 'debian-12-untrimmed';
  return {
    id: known,
    arch,
    debianArch,
    revision: known === 'tiny' ? 3 : 2,
    ...(known === 'tiny' ? {} : { release: 'bookworm' }),
    packages: packagesOf(known, debianArch),
    defaultUser: known === 'tiny' ? 'tiny' : 'debian',
    kernelCommandLine: commandLineOf(arch, trimmed),
    virtualSizeMib: known === 'tiny' ? 1024 : 8192,
    trimmed,
  };
};
