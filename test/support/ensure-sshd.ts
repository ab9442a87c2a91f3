import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const places = {
  sshd: { package: 'openssh-server', paths: ['/usr/sbin/sshd', '/usr/local/sbin/sshd', '/usr/local/bin/sshd'] },
  dropbear: { package: 'dropbear-bin', paths: ['/usr/sbin/dropbear', '/usr/bin/dropbear'] },
  dropbearkey: { package: 'dropbear-bin', paths: ['/usr/bin/dropbearkey'] },
  dropbearconvert: {
    package: 'dropbear-bin',
    paths: ['/usr/bin/dropbearconvert', '/usr/lib/dropbear/dropbearconvert'],
  },
  busybox: { package: 'busybox', paths: ['/usr/bin/busybox', '/bin/busybox'] },
  tmux: { package: 'tmux', paths: ['/usr/bin/tmux', '/usr/local/bin/tmux'] },
  zsh: { package: 'zsh', paths: ['/usr/bin/zsh', '/bin/zsh'] },
  fish: { package: 'fish', paths: ['/usr/bin/fish', '/usr/local/bin/fish'] },
  'qemu-ga': { package: 'qemu-guest-agent', paths: ['/usr/sbin/qemu-ga', '/usr/bin/qemu-ga'] },
  sudo: { package: 'sudo', paths: ['/usr/bin/sudo'] },
} as const;

/** Path of a real program that a test needs; installs it when that is possible, otherwise fails: tests are not skipped. */
export function ensureProgram(name: keyof typeof places): string {
  const { package: packageName, paths } = places[name];
  const found = () => paths.find((path) => existsSync(path));
  const before = found();
  if (before !== undefined) return before;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`These tests need ${name}. Install it: sudo apt-get install ${packageName}`);
  }
  // RUNLEVEL=1 keeps the package from starting the machine's own server.
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' };
  execFileSync('apt-get', ['update', '-qq'], { env, stdio: 'ignore' });
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', packageName], { env, stdio: 'ignore' });
  const after = found();
  if (after === undefined)
    throw new Error(`Package ${packageName} was installed, but ${name} is not in ${paths.join(', ')}.`);
  return after;
}
