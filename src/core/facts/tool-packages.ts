export type PackageManagerName = 'brew' | 'apt' | 'dnf' | 'zypper' | 'pacman';

/** How each package manager is recognised (its program) and asked to install. */
export const packageManagerPrograms: Readonly<Record<PackageManagerName, string>> = {
  brew: 'brew',
  apt: 'apt-get',
  dnf: 'dnf',
  zypper: 'zypper',
  pacman: 'pacman',
};

type PackageNames = Readonly<Partial<Record<PackageManagerName, string>>>;

/** Which package brings a program; a manager that is absent has no package for it. */
const packagesOfTools: Readonly<Record<string, PackageNames>> = {
  'qemu-system-x86_64': {
    brew: 'qemu',
    apt: 'qemu-system-x86',
    dnf: 'qemu-system-x86-core',
    zypper: 'qemu-x86',
    pacman: 'qemu-system-x86',
  },
  'qemu-system-aarch64': {
    brew: 'qemu',
    apt: 'qemu-system-arm',
    dnf: 'qemu-system-aarch64-core',
    zypper: 'qemu-arm',
    pacman: 'qemu-system-aarch64',
  },
  'qemu-img': { brew: 'qemu', apt: 'qemu-utils', dnf: 'qemu-img', zypper: 'qemu-tools', pacman: 'qemu-img' },
  'firmware-x86_64': {
    brew: 'qemu',
    apt: 'ovmf',
    dnf: 'edk2-ovmf',
    zypper: 'qemu-ovmf-x86_64',
    pacman: 'edk2-ovmf',
  },
  'firmware-aarch64': {
    brew: 'qemu',
    apt: 'qemu-efi-aarch64',
    dnf: 'edk2-aarch64',
    zypper: 'qemu-uefi-aarch64',
    pacman: 'edk2-aarch64',
  },
  genisoimage: { apt: 'genisoimage', dnf: 'xorriso', zypper: 'xorriso', pacman: 'libisoburn' },
  mkisofs: { apt: 'genisoimage', dnf: 'xorriso', zypper: 'mkisofs', pacman: 'cdrtools' },
  xorriso: { brew: 'xorriso', apt: 'xorriso', dnf: 'xorriso', zypper: 'xorriso', pacman: 'libisoburn' },
  ssh: { apt: 'openssh-client', dnf: 'openssh-clients', zypper: 'openssh-clients', pacman: 'openssh' },
  'ssh-keygen': { apt: 'openssh-client', dnf: 'openssh-clients', zypper: 'openssh-clients', pacman: 'openssh' },
  mmdebstrap: { apt: 'mmdebstrap' },
  mcopy: { brew: 'mtools', apt: 'mtools', dnf: 'mtools', zypper: 'mtools', pacman: 'mtools' },
  'mkfs.vfat': { apt: 'dosfstools', dnf: 'dosfstools', zypper: 'dosfstools', pacman: 'dosfstools' },
  mmd: { apt: 'mtools' },
  debugfs: { apt: 'e2fsprogs' },
  flock: { apt: 'util-linux' },
  'dpkg-deb': { apt: 'dpkg' },
  'apt-get': { apt: 'apt' },
  mke2fs: { apt: 'e2fsprogs', dnf: 'e2fsprogs', zypper: 'e2fsprogs', pacman: 'e2fsprogs' },
  sfdisk: { apt: 'fdisk', dnf: 'util-linux', zypper: 'util-linux', pacman: 'util-linux' },
  objcopy: { apt: 'binutils', dnf: 'binutils', zypper: 'binutils', pacman: 'binutils' },
  newuidmap: { apt: 'uidmap', dnf: 'shadow-utils', zypper: 'shadow', pacman: 'shadow' },
  'qemu-aarch64-static': { apt: 'qemu-user-static' },
  'qemu-x86_64-static': { apt: 'qemu-user-static' },
  'arch-test': { apt: 'arch-test' },
  'virt-install': {
    brew: 'virt-manager',
    apt: 'virtinst',
    dnf: 'virt-install',
    zypper: 'virt-install',
    pacman: 'virt-install',
  },
  go: { brew: 'go', apt: 'golang-go', dnf: 'golang', zypper: 'go', pacman: 'go' },
  wget: { brew: 'wget', apt: 'wget', dnf: 'wget', zypper: 'wget', pacman: 'wget' },
  sha256sum: { brew: 'coreutils', apt: 'coreutils', dnf: 'coreutils', zypper: 'coreutils', pacman: 'coreutils' },
  xz: { brew: 'xz', apt: 'xz-utils', dnf: 'xz', zypper: 'xz', pacman: 'xz' },
  zstd: { brew: 'zstd', apt: 'zstd', dnf: 'zstd', zypper: 'zstd', pacman: 'zstd' },
  ip: { apt: 'iproute2', dnf: 'iproute', zypper: 'iproute2', pacman: 'iproute2' },
  sudo: { apt: 'sudo', dnf: 'sudo', zypper: 'sudo', pacman: 'sudo' },
};

/** EL ships one QEMU, /usr/libexec/qemu-kvm, for the architecture of the host; Fedora ships one a guest architecture. */
export interface PackageContext {
  readonly manager: PackageManagerName;
  readonly enterpriseLinux?: boolean;
}

export function packageFor(tool: string, context: PackageContext): string | undefined {
  if (context.manager === 'dnf' && context.enterpriseLinux === true && tool.startsWith('qemu-system-'))
    return 'qemu-kvm';
  return packagesOfTools[tool]?.[context.manager];
}

export function installArguments(manager: PackageManagerName, packages: readonly string[]): readonly string[] {
  switch (manager) {
    case 'brew':
      return ['brew', 'install', ...packages];
    case 'apt':
      return ['apt-get', 'install', '-y', '--no-install-recommends', ...packages];
    case 'dnf':
      return ['dnf', 'install', '-y', ...packages];
    case 'zypper':
      return ['zypper', '--non-interactive', 'install', ...packages];
    case 'pacman':
      return ['pacman', '-S', '--needed', '--noconfirm', ...packages];
  }
}

/** A command to paste that installs one program, or undefined when the manager has no package for it. */
export function installHint(tool: string, context: PackageContext): string | undefined {
  const name = packageFor(tool, context);
  if (name === undefined) return undefined;
  const command = installArguments(context.manager, [name]).filter((word) => word !== '--no-install-recommends');
  return `${context.manager === 'brew' ? '' : 'sudo '}${command.join(' ')}`;
}

/** /etc/os-release: the EL family (AlmaLinux, Rocky, CentOS Stream, RHEL), not Fedora. */
export function isEnterpriseLinux(osRelease: string): boolean {
  const value = (key: string): string =>
    new RegExp(`^${key}="?([^"\n]*)"?$`, 'm').exec(osRelease)?.[1]?.toLowerCase() ?? '';
  if (value('ID') === 'fedora') return false;
  return `${value('ID')} ${value('ID_LIKE')}`.split(/\s+/).some((word) => ['rhel', 'centos'].includes(word));
}
