import type { FrozenGuest } from './template.ts';

export interface GuestFacts extends Pick<FrozenGuest, 'hostKeyPath' | 'sshServer' | 'services'> {
  /** Path of an interpreter that can run the renewal program; empty: there is none. */
  readonly python: string;
  /** Directories of the host that are mounted in the guest. */
  readonly shares: readonly string[];
}

/** What guestFactsScript prints. */
export function readGuestFacts(text: string): GuestFacts {
  const lines = text.split('\n').map((line) => line.trim());
  const all = (name: string): string[] =>
    lines.filter((line) => line.startsWith(`${name}=`)).map((line) => line.slice(name.length + 1));
  const ssh = all('ssh')[0];
  return {
    python: all('python')[0] ?? '',
    shares: all('share'),
    sshServer: ssh === 'dropbear' || ssh === 'openssh-session' ? ssh : 'openssh',
    hostKeyPath: all('key')[0] ?? '/etc/ssh/ssh_host_ed25519_key',
    services: [...new Set(all('service'))].sort(),
  };
}

export function whyNotFreezable({ python, shares }: GuestFacts): string | undefined {
  if (shares.length > 0) {
    return `a directory of the host is mounted in it, which a fork could not go on with: ${shares.join(', ')}; unmount it`;
  }
  if (python === '') return 'it has no Python 3, with which a fork takes its own identity; install python3';
  return undefined;
}
