/**
 * Debian packages which only the tests need; what the product needs is installed by its own `host-setup`.
 * What is there is not touched. A service that a package brings (sshd) is not started and not left enabled.
 */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { run } from './prepare.mjs';

const forTests = {
  'openssh-server': 'a real sshd on a free port, as an unprivileged user',
  'qemu-guest-agent': 'a real guest agent, on a socket of the host',
  'openssh-client': 'ssh, ssh-keygen, sftp',
  'dropbear-bin': 'a second SSH implementation',
  genisoimage: 'seed ISO, first tool',
  xorriso: 'seed ISO, second tool',
  runc: 'a container that shows what it sees of the CPUs',
  busybox: 'a third shell, and the DHCP server on the test bridge',
  gnupg: 'the second OpenPGP implementation, which makes and checks signatures',
  openssl: 'certificates of test servers',
  'xz-utils': 'packed images',
  zstd: 'packed images',
  e2fsprogs: 'a file system that is full to the last byte',
  tmux: 'a terminal for interactive commands',
  shellcheck: 'every shell line we ship',
  iproute2: 'a real bridge in a network namespace',
  uidmap: 'image builds of an unprivileged user',
  mount: 'a full disk, a read-only one, a home of its own for sshd',
  'qemu-system-x86': 'argument lists and facts of both architectures',
  'qemu-system-arm': 'argument lists and facts of both architectures',
  ovmf: 'firmware of both architectures',
  'qemu-efi-aarch64': 'firmware of both architectures',
  rpm: 'packages of the host collector',
  'libplist-utils': 'property lists of the host collector',
  sudo: 'the sudoers file of the host collector',
  systemd: 'units checked by systemd-analyze',
  procps: 'ps',
  'ca-certificates': 'update-ca-certificates',
  make: 'the Makefile',
  gcc: 'the bundled workload that compiles',
  'libc6-dev': 'the bundled workload that compiles',
  python3: 'the bundled workloads',
  zsh: 'completion',
  fish: 'completion',
  'python3-grpcio': 'an independent gRPC client of the checker, and an OTLP receiver',
  'python3-grpc-tools': 'their code, generated from the .proto files',
  'stress-ng': 'a load, copied into a guest',
  chromium: 'reports and pages in a real browser',
  prometheus: 'a scrape of the checker, and promtool',
};
const forAarch64 = {
  'qemu-user-static': 'building its image here',
  'binfmt-support': 'building its image here',
  'arch-test': 'building its image here',
};
const forGuest = {
  rpm: 'packages for the real dnf',
  'createrepo-c': 'a repository for the real dnf',
};

const policyFile = '/usr/sbin/policy-rc.d';

function isInstalled(name) {
  try {
    return (
      // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg's own placeholder
      execFileSync('dpkg-query', ['-W', '-f', '${db:Status-Status}', name], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }) === 'installed'
    );
  } catch {
    return false;
  }
}

const isDebianLike = () => existsSync('/etc/debian_version') && existsSync('/usr/bin/apt-get');

/** Root needs no sudo, and in a container there often is none. `-n`: nothing is asked. */
export async function asRoot(command, args, options = {}) {
  return process.getuid?.() === 0 ? run(command, args, options) : run('sudo', ['-n', command, ...args], options);
}

async function canBeRoot() {
  if (process.getuid?.() === 0) return true;
  return existsSync('/usr/bin/sudo') && (await run('sudo', ['-n', 'true'], { stdio: 'ignore' })) === 0;
}

/** Debian's own way to say "do not start services now". One that is there already is the host's and stays. */
async function withoutServices(action) {
  if (existsSync(policyFile)) return action();
  await asRoot('sh', ['-c', 'printf "#!/bin/sh\\nexit 101\\n" >"$1" && chmod 755 "$1"', 'sh', policyFile]);
  try {
    return await action();
  } finally {
    await asRoot('rm', ['-f', policyFile], { shielded: true });
  }
}

/** Installs what is missing; says what could not be done instead of failing: the tests that need it will tell. */
export async function installTestPackages({ aarch64, guest }) {
  if (process.platform !== 'linux' || !isDebianLike()) {
    console.log('This is no Debian or Ubuntu host: packages which only tests need are not installed');
    return;
  }
  const wanted = { ...forTests, ...(aarch64 ? forAarch64 : {}), ...(guest ? forGuest : {}) };
  const missing = Object.keys(wanted).filter((name) => !isInstalled(name));
  if (missing.length > 0) await installMissing(missing, wanted);
  if (aarch64) await runForeignPrograms();
}

/** Where nothing did so when the host was started: no systemd, or a container. */
async function runForeignPrograms() {
  const knows = () => existsSync('/proc/sys/fs/binfmt_misc/qemu-aarch64');
  if (process.arch === 'arm64' || knows() || !(await canBeRoot())) return;
  if (!existsSync('/proc/sys/fs/binfmt_misc/status'))
    await asRoot('mount', ['-t', 'binfmt_misc', 'binfmt_misc', '/proc/sys/fs/binfmt_misc']);
  if (!knows()) await asRoot('update-binfmts', ['--enable', 'qemu-aarch64']);
}

async function installMissing(missing, wanted) {
  console.log(`Missing for the tests: ${missing.map((name) => `${name} (${wanted[name]})`).join(', ')}`);
  if (!(await canBeRoot())) {
    console.log(`Neither root nor sudo without a password. To install them: sudo apt-get install ${missing.join(' ')}`);
    return;
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = () =>
    asRoot(
      'env',
      ['DEBIAN_FRONTEND=noninteractive', 'apt-get', 'install', '-y', '--no-install-recommends', '-q', ...missing],
      { env },
    );
  const code = await withoutServices(async () => {
    const first = await install();
    if (first === 0) return 0;
    await asRoot('apt-get', ['update', '-q'], { env });
    return install();
  });
  if (code !== 0) console.log(`apt-get ended with ${code}: tests that need a missing package will fail and name it`);
  if (missing.includes('openssh-server') && existsSync('/run/systemd/system')) {
    await asRoot('systemctl', ['disable', '--now', '--quiet', 'ssh.service', 'ssh.socket'], { stdio: 'ignore' });
  }
}
