import type { PackageManagerName } from './tool-packages.ts';

/** ID first, then ID_LIKE: what a distribution is, and what it descends from. */
function osReleaseIds(osRelease: string): readonly string[] {
  const value = (key: string): string => new RegExp(`^${key}=["']?([^"'\n]*)`, 'm').exec(osRelease)?.[1] ?? '';
  return `${value('ID')} ${value('ID_LIKE')}`.toLowerCase().split(/\s+/).filter(Boolean);
}

const managersOfFamilies: Readonly<Record<string, PackageManagerName>> = {
  debian: 'apt',
  ubuntu: 'apt',
  fedora: 'dnf',
  rhel: 'dnf',
  centos: 'dnf',
  suse: 'zypper',
  opensuse: 'zypper',
  sles: 'zypper',
  arch: 'pacman',
};

const linuxManagers: readonly PackageManagerName[] = ['apt', 'dnf', 'zypper', 'pacman'];

/** The distribution's own manager first: Fedora packages apt-get, and Debian packages dnf and zypper. */
export function packageManagerOrder(osRelease: string): readonly PackageManagerName[] {
  const own = osReleaseIds(osRelease).flatMap((id) => managersOfFamilies[id.replace(/-.*/, '')] ?? []);
  return [...new Set([...own, ...linuxManagers])];
}

/** Where local images can be built: they come from the host's own APT sources. */
export function isDebianFamily(osRelease: string): boolean {
  return osReleaseIds(osRelease).some((id) => id === 'debian' || id === 'ubuntu');
}
