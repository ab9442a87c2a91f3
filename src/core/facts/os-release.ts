import type { PackageManagerName } from './tool-packages.ts';

/** Empty for a key that is not there. */
export function osReleaseValue(osRelease: string, key: string): string {
  return new RegExp(`^${key}=["']?([^"'\n]*)`, 'm').exec(osRelease)?.[1] ?? '';
}

/** ID first, then ID_LIKE: what a distribution is, and what it descends from. */
export function osReleaseIds(osRelease: string): readonly string[] {
  const words = `${osReleaseValue(osRelease, 'ID')} ${osReleaseValue(osRelease, 'ID_LIKE')}`;
  return words.toLowerCase().split(/\s+/).filter(Boolean);
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
