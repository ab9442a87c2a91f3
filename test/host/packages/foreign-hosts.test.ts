/** Hosts that cannot exist on the machine of the tests: macOS, Fedora, Enterprise Linux, openSUSE, Arch. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { GuestArch } from '../../../src/core/host-facts.ts';
import type { ToolFinding, ToolInstaller } from '../../../src/core/ports/tool-installer.ts';
import { createToolInstaller } from '../../../src/host/packages/tool-installer.ts';
import { type StrictPrograms, strictPrograms } from '../../support/strict-programs.ts';

const version = (text: string) => ({ args: '--version', out: text });
const named = (findings: readonly ToolFinding[], tool: string) => findings.find((finding) => finding.tool === tool);
const quiet = { interactive: false, onLine: () => undefined };

function onMac(programs: StrictPrograms, userId = 501): ToolInstaller {
  return createToolInstaller({ runner: programs.runner, env: {}, platform: 'darwin', arch: 'aarch64', userId });
}

async function onLinux(
  programs: StrictPrograms,
  osRelease: string,
  options: { userId?: number; firmware?: boolean } = {},
) {
  const osReleasePath = join(programs.folder, 'os-release');
  await writeFile(osReleasePath, osRelease);
  const firmware = async (arch: GuestArch) =>
    options.firmware === true ? { codePath: `/firmware/${arch}` } : undefined;
  const { userId = 1000 } = options;
  return createToolInstaller({
    runner: programs.runner,
    env: {},
    platform: 'linux',
    arch: 'x86_64',
    userId,
    osReleasePath,
    firmware,
  });
}

/** A Mac on which everything is there: only QEMU, macOS and the chip differ from test to test. */
async function completeMac(qemu = '10.2.2', macos = '15.5', chip = 'Apple M3') {
  const programs = await strictPrograms();
  for (const name of ['qemu-system-aarch64', 'qemu-system-x86_64'])
    await programs.add(name, version(`QEMU emulator version ${qemu}\nCopyright (c) 2003`));
  await programs.add('qemu-img', version(`qemu-img version ${qemu}`));
  await programs.add('hdiutil');
  await programs.add('ssh', { args: '-V', err: 'OpenSSH_9.9p2, LibreSSL 3.3.6' });
  await programs.add(
    'brew',
    version('Homebrew 4.5.8'),
    { args: '--prefix', out: programs.folder },
    { args: 'install qemu' },
  );
  await programs.add('sw_vers', { args: '-productVersion', out: macos });
  await programs.add('sysctl', { args: '-n machdep.cpu.brand_string', out: chip });
  return programs;
}

describe('macOS with Homebrew [R-04, R-16, R-17]', () => {
  it('reports each tool with its version, and plans nothing when nothing is missing [R-21]', async () => {
    const programs = await completeMac();
    const firmware = async (arch: GuestArch) => ({ codePath: `/share/qemu/edk2-${arch}-code.fd` });
    const installer = createToolInstaller({
      runner: programs.runner,
      env: {},
      platform: 'darwin',
      arch: 'aarch64',
      userId: 501,
      firmware,
    });
    const findings = await installer.inspect();
    expect(named(findings, 'qemu-system-aarch64')).toMatchObject({
      status: 'present',
      version: '10.2.2',
      minimumVersion: '8.2.1',
      required: true,
      package: 'qemu',
      note: 'tested with 7.2 and 10.0',
    });
    expect(named(findings, 'Homebrew')).toMatchObject({ status: 'present', version: '4.5.8', required: true });
    expect(named(findings, 'ISO tool')).toMatchObject({ status: 'present', note: 'hdiutil' });
    expect(named(findings, 'ssh')).toMatchObject({ version: '9.9' });
    expect(named(findings, 'virt-install')).toMatchObject({ status: 'missing', required: false });
    expect(named(findings, 'Node')).toMatchObject({ status: 'present', version: process.versions.node });
    expect(await installer.planInstall(findings)).toBeUndefined();
    expect(await installer.inspect()).toEqual(findings);
    expect(await programs.calls('brew')).not.toContain('install qemu');
  });

  it('installs one package for QEMU, its tools and its firmware, with brew and without sudo', async () => {
    const programs = await strictPrograms();
    await programs.add('brew', version('Homebrew 4.5.8'), {
      args: 'install qemu',
      out: '==> Pouring qemu\n==> Summary',
    });
    await programs.add('hdiutil');
    await programs.add('ssh', { args: '-V', err: 'OpenSSH_9.9p2, LibreSSL 3.3.6' });
    const installer = onMac(programs);
    const plan = await installer.planInstall(await installer.inspect());
    expect(plan).toEqual({ manager: 'brew', packages: ['qemu'], commands: [['brew', 'install', 'qemu']] });
    if (plan === undefined) return;
    expect(await programs.calls('brew')).toEqual(['--version']);
    const lines: string[] = [];
    await installer.install(plan, { interactive: false, onLine: (line) => lines.push(line) });
    expect(lines).toEqual(['==> Pouring qemu', '==> Summary']);
    await expect(onMac(programs, 0).install(plan, quiet)).rejects.toMatchObject({
      code: 'host.permission',
      message: expect.stringContaining('root'),
      next: [expect.stringContaining('without sudo'), 'brew install qemu'],
    });
    expect(await programs.calls('brew')).toEqual(['--version', 'install qemu']);
  });

  it('never installs Homebrew itself, and says how [R-16]', async () => {
    const programs = await strictPrograms();
    const installer = onMac(programs);
    const findings = await installer.inspect();
    expect(named(findings, 'Homebrew')).toMatchObject({
      status: 'missing',
      required: true,
      note: expect.stringContaining('brew.sh'),
    });
    await expect(installer.planInstall(findings)).rejects.toMatchObject({
      code: 'host.package-manager-missing',
      next: [expect.stringContaining('brew.sh')],
    });
  });

  it('names a QEMU below the floor, and updates it [R-05, R-17]', async () => {
    const programs = await completeMac('8.2.0');
    const installer = onMac(programs);
    const findings = await installer.inspect();
    expect(named(findings, 'qemu-system-aarch64')).toMatchObject({
      status: 'too-old',
      version: '8.2.0',
      minimumVersion: '8.2.1',
    });
    expect((await installer.planInstall(findings))?.packages).toEqual(['qemu']);
  });

  it.each([
    ['11.0.1', '26.4', 'Apple M1 Pro', 'assertion'],
    ['11.1.0', '15.5', 'Apple M3', 'stalls'],
    ['10.2.2', '26.6.2', 'Apple M4', 'most boots'],
  ])('names QEMU %s on macOS %s with %s as a known bad set [R-04]', async (qemu, macos, chip, words) => {
    const programs = await completeMac(qemu, macos, chip);
    const findings = await onMac(programs).inspect();
    expect(named(findings, 'qemu-system-aarch64')).toMatchObject({
      status: 'known-bad',
      note: expect.stringContaining(words),
    });
    expect(named(findings, 'qemu-system-x86_64')).toMatchObject({ status: 'present' });
  });
});

const packagesOfFamilies = [
  {
    name: 'Fedora',
    osRelease: 'ID=fedora\nVERSION_ID=42\n',
    program: 'dnf',
    packages: ['edk2-ovmf', 'openssh-clients', 'qemu-img', 'qemu-system-x86-core', 'xorriso'],
    command: (names: string) => `dnf install -y ${names}`,
  },
  {
    name: 'AlmaLinux',
    osRelease: 'ID="almalinux"\nID_LIKE="rhel centos fedora"\n',
    program: 'dnf',
    packages: ['edk2-ovmf', 'openssh-clients', 'qemu-img', 'qemu-kvm', 'xorriso'],
    command: (names: string) => `dnf install -y ${names}`,
  },
  {
    name: 'openSUSE',
    osRelease: 'ID="opensuse-leap"\nID_LIKE="suse opensuse"\n',
    program: 'zypper',
    packages: ['openssh-clients', 'qemu-ovmf-x86_64', 'qemu-tools', 'qemu-x86', 'xorriso'],
    command: (names: string) => `zypper --non-interactive install ${names}`,
  },
  {
    name: 'Arch',
    osRelease: 'ID=arch\n',
    program: 'pacman',
    packages: ['edk2-ovmf', 'libisoburn', 'openssh', 'qemu-img', 'qemu-system-x86'],
    command: (names: string) => `pacman -S --needed --noconfirm ${names}`,
  },
] as const;

describe.each(packagesOfFamilies)('$name [R-22]', ({ osRelease, program, packages, command }) => {
  const line = command(packages.join(' '));

  it('gets its packages by its own manager, through sudo that asks nothing without a terminal', async () => {
    const programs = await strictPrograms();
    await programs.add(program);
    // Debian's program is packaged by others too and must not win.
    await programs.add('apt-get');
    await programs.add('sudo', { args: `-n ${line}`, out: 'Installed' }, { args: line, out: 'Installed' });
    const installer = await onLinux(programs, osRelease);
    const plan = await installer.planInstall(await installer.inspect());
    expect(plan).toMatchObject({ packages, commands: [['sudo', ...line.split(' ')]] });
    if (plan === undefined) return;
    await installer.install(plan, quiet);
    await installer.install(plan, { ...quiet, interactive: true });
    expect(await programs.calls('sudo')).toEqual([`-n ${line}`, line]);
    expect(await programs.calls(program)).toEqual([]);
  });

  it('needs no sudo as root, and shows what the manager said when it fails', async () => {
    const programs = await strictPrograms();
    await programs.add(program, { args: line.slice(program.length + 1), code: 1, err: 'no such package' });
    const installer = await onLinux(programs, osRelease, { userId: 0 });
    const plan = await installer.planInstall(await installer.inspect());
    expect(plan?.commands).toEqual([line.split(' ')]);
    if (plan === undefined) return;
    await expect(installer.install(plan, quiet)).rejects.toMatchObject({
      code: 'host.install-failed',
      message: expect.stringContaining('no such package'),
      next: [line],
    });
  });
});

describe('any Linux [R-22]', () => {
  const fedora = 'ID=fedora\n';

  it('shows the command to run by hand when sudo refuses, or is not there', async () => {
    const programs = await strictPrograms();
    await programs.add('dnf');
    const plan = { manager: 'dnf', packages: ['wget'], commands: [['sudo', 'dnf', 'install', '-y', 'wget']] } as const;
    const installer = await onLinux(programs, fedora);
    await expect(installer.install(plan, quiet)).rejects.toMatchObject({
      code: 'host.permission',
      next: ["su -c 'dnf install -y wget'"],
    });
    await programs.add('sudo', { args: '-n dnf install -y wget', code: 1, err: 'sudo: a password is required' });
    await expect(installer.install(plan, quiet)).rejects.toMatchObject({
      code: 'host.permission',
      message: expect.stringContaining('a password is required'),
      next: ['sudo dnf install -y wget'],
    });
  });

  it("takes zypper's notes on a restart or reboot for what they are", async () => {
    const programs = await strictPrograms();
    await programs.add('zypper', { args: '--non-interactive install wget', code: 102, out: 'reboot needed' });
    const installer = await onLinux(programs, 'ID=opensuse-tumbleweed\n', { userId: 0 });
    const commands = [['zypper', '--non-interactive', 'install', 'wget']];
    await installer.install({ manager: 'zypper', packages: ['wget'], commands }, quiet);
    expect(await programs.calls('zypper')).toHaveLength(1);
  });

  it('says what to install by hand when no package manager is known', async () => {
    const programs = await strictPrograms();
    const installer = await onLinux(programs, 'ID=void\n');
    await expect(installer.planInstall(await installer.inspect())).rejects.toMatchObject({
      code: 'host.package-manager-missing',
      message: expect.stringContaining('qemu-system-x86_64'),
    });
  });

  it('reports the tools of an old release: too old, and of a version that cannot be read [R-17]', async () => {
    const programs = await strictPrograms();
    await programs.add('dnf');
    await programs.add('qemu-system-x86_64', version('QEMU emulator version 4.2.1 (Debian 1:4.2-3ubuntu6.30)'));
    await programs.add('qemu-img', { args: '--version', code: 1, err: 'broken' });
    await programs.add('xorriso');
    await programs.add('ssh', { args: '-V', err: 'OpenSSH_8.2p1 Ubuntu-4ubuntu0.13, OpenSSL 1.1.1f  31 Mar 2020' });
    await programs.add('go', { args: 'version', out: 'go version go1.21.13 linux/amd64' });
    const installer = await onLinux(programs, fedora, { firmware: true });
    const findings = await installer.inspect();
    expect(named(findings, 'qemu-system-x86_64')).toMatchObject({
      status: 'too-old',
      version: '4.2.1',
      minimumVersion: '6.2',
    });
    expect(named(findings, 'qemu-img')).toMatchObject({
      status: 'present',
      note: expect.stringContaining('could not be read'),
    });
    expect(named(findings, 'ISO tool')).toMatchObject({ status: 'present', note: 'xorriso' });
    expect(named(findings, 'ssh')).toMatchObject({ version: '8.2' });
    expect(named(findings, 'go')).toMatchObject({
      status: 'too-old',
      required: false,
      version: '1.21.13',
      minimumVersion: '1.22',
    });
    expect((await installer.planInstall(findings))?.packages).toEqual(['qemu-system-x86-core']);
  });
});
