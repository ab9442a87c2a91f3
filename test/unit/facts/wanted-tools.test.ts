import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { installCommands } from '../../../src/core/facts/install-commands.ts';
import { findKnownBadSets, type MacSet } from '../../../src/core/facts/known-bad-sets.ts';
import { isDebianFamily, packageManagerOrder } from '../../../src/core/facts/os-release.ts';
import { packageFor } from '../../../src/core/facts/tool-packages.ts';
import { wantedTools } from '../../../src/core/facts/wanted-tools.ts';

const debian = { platform: 'linux', arch: 'x86_64', debianFamily: true, root: false } as const;
const mac = { platform: 'darwin', arch: 'aarch64', debianFamily: false, root: false } as const;

describe('the tools that are looked for [R-17]', () => {
  it('are those of the host: Homebrew and hdiutil on macOS, image building on Debian and Ubuntu', () => {
    const names = (host: Parameters<typeof wantedTools>[0]) => wantedTools(host).map(({ tool }) => tool);
    expect(names(mac)).toContain('Homebrew');
    expect(names(mac)).not.toContain('mmdebstrap');
    expect(names(debian)).toEqual(
      expect.arrayContaining(['mmdebstrap', 'newuidmap', 'virt-install', 'go', 'wget', 'sha256sum']),
    );
    expect(names({ ...debian, root: true })).not.toContain('newuidmap');
    expect(names({ ...debian, debianFamily: false })).not.toContain('mmdebstrap');
    expect(wantedTools(mac).find(({ tool }) => tool === 'ISO tool')?.programs[0]).toBe('hdiutil');
  });

  it('require only the QEMU of the host itself, with the floors 6.2 on Linux and 8.2.1 on Apple silicon [R-05, R-17]', () => {
    const qemu = (host: Parameters<typeof wantedTools>[0]) =>
      wantedTools(host)
        .filter(({ tool }) => tool.startsWith('qemu-system-'))
        .map(({ tool, required, minimumVersion }) => [tool, required, minimumVersion]);
    expect(qemu(debian)).toEqual([
      ['qemu-system-x86_64', true, '6.2'],
      ['qemu-system-aarch64', false, '6.2'],
    ]);
    expect(qemu(mac)).toEqual([
      ['qemu-system-x86_64', false, '8.2.1'],
      ['qemu-system-aarch64', true, '8.2.1'],
    ]);
  });

  it('hold every tool that building a local image asks for, with the same package [R-22]', () => {
    const path = new URL('../../../src/host/images/local/missing-build-tools.ts', import.meta.url);
    const pairs = [...readFileSync(path, 'utf8').matchAll(/\['([\w.-]+)', '([\w.-]+)'\]/g)].map(
      ([, tool = '', name]) => [tool, name],
    );
    expect(pairs.length).toBeGreaterThan(10);
    const known = wantedTools(debian).flatMap(({ programs }) => programs);
    for (const [tool = '', name] of pairs) {
      expect(known, tool).toContain(tool);
      expect(packageFor(tool, { manager: 'apt' }), tool).toBe(name);
    }
  });

  it('that are required have a package under every manager that serves their hosts', () => {
    const keys = (host: Parameters<typeof wantedTools>[0]) =>
      wantedTools(host).flatMap(({ required, packageKey }) =>
        required && packageKey !== 'Homebrew' ? [packageKey] : [],
      );
    const lacking = (host: Parameters<typeof wantedTools>[0], manager: 'apt' | 'dnf' | 'zypper' | 'pacman') =>
      keys(host).filter((key) => packageFor(key, { manager }) === undefined);
    expect(lacking(debian, 'apt')).toEqual([]);
    for (const manager of ['dnf', 'zypper', 'pacman'] as const)
      expect(lacking({ ...debian, debianFamily: false }, manager), manager).toEqual([]);
    expect(packageFor('qemu-system-aarch64', { manager: 'brew' })).toBe('qemu');
  });
});

describe('the package manager of a distribution [R-22]', () => {
  it.each([
    ['ID=debian', 'apt', true],
    ['ID=ubuntu\nID_LIKE=debian', 'apt', true],
    ['ID=linuxmint\nID_LIKE="ubuntu debian"', 'apt', true],
    ['ID=fedora', 'dnf', false],
    ['ID="almalinux"\nID_LIKE="rhel centos fedora"', 'dnf', false],
    ['ID="opensuse-tumbleweed"\nID_LIKE="opensuse suse"', 'zypper', false],
    ['ID="sles"\nID_LIKE="suse"', 'zypper', false],
    ['ID=arch', 'pacman', false],
    ['ID=manjaro\nID_LIKE=arch', 'pacman', false],
    ['ID=void', 'apt', false],
  ] as const)('%j: %s first', (text, manager, debianFamily) => {
    expect(packageManagerOrder(text)[0]).toBe(manager);
    expect([...packageManagerOrder(text)].sort()).toEqual(['apt', 'dnf', 'pacman', 'zypper']);
    expect(isDebianFamily(text)).toBe(debianFamily);
  });
});

describe('the commands of an installation', () => {
  const needs = { packages: ['a', 'b'], root: false, refreshLists: false };
  it('use sudo for all but Homebrew, and ask nothing', () => {
    expect(installCommands({ ...needs, manager: 'brew' })).toEqual([['brew', 'install', 'a', 'b']]);
    expect(installCommands({ ...needs, manager: 'dnf' })).toEqual([['sudo', 'dnf', 'install', '-y', 'a', 'b']]);
    expect(installCommands({ ...needs, manager: 'zypper', root: true })).toEqual([
      ['zypper', '--non-interactive', 'install', 'a', 'b'],
    ]);
    expect(installCommands({ ...needs, manager: 'pacman' })).toEqual([
      ['sudo', 'pacman', '-S', '--needed', '--noconfirm', 'a', 'b'],
    ]);
  });

  it('refresh the lists of APT first when they are old', () => {
    const apt = ['env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-o', 'DPkg::Lock::Timeout=120'];
    expect(installCommands({ ...needs, manager: 'apt', refreshLists: true })).toEqual([
      ['sudo', ...apt, 'update'],
      ['sudo', ...apt, 'install', '-y', '--no-install-recommends', 'a', 'b'],
    ]);
    expect(installCommands({ ...needs, manager: 'apt', root: true })).toHaveLength(1);
  });
});

describe('known bad sets of QEMU, firmware and macOS [R-04]', () => {
  const good: MacSet = { arch: 'aarch64', qemu: '10.2.2', homebrew: true, macos: '15.5', chip: 'Apple M3 Pro' };
  const notes = (set: Partial<MacSet>) => findKnownBadSets({ ...good, ...set }).map(({ note }) => note);

  it('name what others have reported, and nothing else', () => {
    expect(notes({})).toEqual([]);
    expect(notes({ qemu: '8.0.4' })).toEqual([expect.stringContaining('Unknown Error')]);
    expect(notes({ qemu: '8.0.4', homebrew: false })).toEqual([]);
    expect(notes({ qemu: '8.0.5' })).toEqual([]);
    expect(notes({ qemu: '11.0.2' })).toEqual([expect.stringContaining('idle guest')]);
    expect(notes({ qemu: '11.1.0' })).toEqual([expect.stringContaining('stalls')]);
    expect(notes({ qemu: '11.0.1', macos: '26.4.1', chip: 'Apple M1' })).toEqual([
      expect.stringContaining('idle guest'),
      expect.stringContaining('assertion'),
    ]);
    expect(notes({ qemu: '11.0.1', macos: '26.4.1', chip: 'Apple M10' })).toHaveLength(1);
    expect(notes({ macos: '26.6.2' })).toEqual([expect.stringContaining('most boots')]);
    expect(notes({ macos: '26.6.2', arch: 'x86_64' })).toEqual([]);
  });

  it('are not assumed where a version is not known', () => {
    const { macos: _macos, chip: _chip, ...rest } = good;
    expect(findKnownBadSets({ ...rest, qemu: '11.2.0' })).toEqual([]);
  });
});
