import { osReleaseIds, osReleaseValue } from '../facts/os-release.ts';

/** Families of guests whose package manager the steps know. */
export const families = ['debian', 'el'] as const;
export type Family = (typeof families)[number];

export const packageManagers: Readonly<Record<Family, string>> = { debian: 'apt-get', el: 'dnf' };

const familyOfId: Readonly<Record<string, Family>> = {
  debian: 'debian',
  ubuntu: 'debian',
  almalinux: 'el',
  rocky: 'el',
  centos: 'el',
  rhel: 'el',
  fedora: 'el',
};

/** undefined: a system of another family, or one that does not say what it is. */
export function familyOf(osRelease: string): Family | undefined {
  return osReleaseIds(osRelease)
    .map((id) => familyOfId[id])
    .find((family) => family !== undefined);
}

export function systemName(osRelease: string): string {
  return osReleaseValue(osRelease, 'PRETTY_NAME') || osReleaseIds(osRelease)[0] || 'a system without a name';
}
