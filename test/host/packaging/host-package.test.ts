import { execFileSync } from 'node:child_process';
import { chmod, readdir, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Dependencies } from '../../../src/app/dependencies.ts';
import { packageCollector } from '../../../src/app/host-collector/package-collector.ts';
import { createProcessRunner } from '../../../src/host/process/process-runner.ts';
import { systemClock } from '../../../src/host/process/system-clock.ts';
import { createHostServices, type HostServicesDeps } from '../../../src/host/services/create-host-services.ts';
import { createTextFiles } from '../../../src/host/store/text-files.ts';
import { call } from '../../support/collector-host.ts';
import { strictPrograms } from '../../support/strict-programs.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const run = (tool: string, ...args: string[]) => execFileSync(tool, args, { encoding: 'utf8' });
const digest = (path: string) => run('sha256sum', path).split(' ')[0];
let made = 0;

interface Packed {
  readonly directory: string;
  readonly output: string;
  readonly path: string;
}

interface PackOptions {
  readonly os?: 'linux' | 'darwin';
  readonly env?: Readonly<Record<string, string>>;
  readonly host?: Partial<HostServicesDeps>;
  readonly before?: (staging: string, output: string) => Promise<void>;
}

/** Each in another folder and with another time of the executable, as on another day. */
async function packed(
  format: string,
  { os = 'linux', env = {}, host = {}, before }: PackOptions = {},
): Promise<Packed> {
  const directory = await temporaryDirectory('sm-package-');
  made += 1;
  const binary = join(directory, 'checker');
  await writeFile(binary, '#!/bin/sh\necho checker\n');
  await chmod(binary, 0o755);
  await utimes(binary, 1000 + made, 1000 + made);
  const output = join(directory, 'out');
  const services = createHostServices({ runner: createProcessRunner(), ...host });
  const staging = String(made);
  const deps = {
    directories: { workspace: directory },
    hostServices: async () => services,
    files: createTextFiles(systemClock),
    ownVersion: () => '0.1.0',
    randomHex: () => staging,
  } as unknown as Dependencies;
  const request = { dryRun: false, os, arch: 'x86_64', formats: [format], binary, output, env } as const;
  await before?.(`${output}/.staging-${staging}`, output);
  const { files } = await packageCollector(deps, call, request);
  return { directory, output, path: files[0]?.path ?? '' };
}

/** In a root of its own, as root: what the maintainers' scripts do is done by the real tools. */
function inOverlay({ directory, path }: Packed, script: string): string {
  const overlay = fileURLToPath(new URL('../../fixtures/in-overlay.sh', import.meta.url));
  const words = ['unshare', '--mount', overlay, join(directory, 'overlay'), path, script];
  return process.getuid?.() === 0 ? run('env', ...words) : run('sudo', '-n', ...words);
}

const listing = `stat -c '%a %U %G %n' /etc/serviceradar/sysmonvm-host.json /usr/libexec/serviceradar/serviceradar-sysmon-vm
id -nG serviceradar-sysmon
/usr/libexec/serviceradar/serviceradar-sysmon-vm
systemd-analyze verify --man=no /usr/lib/systemd/system/serviceradar-sysmonvm-host.service 2>&1`;
const listed = `640 root serviceradar-sysmon /etc/serviceradar/sysmonvm-host.json
755 root root /usr/libexec/serviceradar/serviceradar-sysmon-vm
serviceradar-sysmon
checker
`;

describe('a .deb', () => {
  it('has its fields, its files with their modes, and is the same twice [R-132]', async () => {
    const { path, output } = await packed('deb');
    expect(run('dpkg-deb', '-f', path, 'Package', 'Version', 'Architecture')).toBe(
      'Package: serviceradar-sysmonvm-host\nVersion: 0.1.0\nArchitecture: amd64\n',
    );
    const files = run('dpkg', '-c', path);
    expect(files).toMatch(/^-rwxr-xr-x root\/root .* \.\/usr\/libexec\/serviceradar\/serviceradar-sysmon-vm$/m);
    expect(files).toMatch(
      /^-rw-r--r-- root\/root .* \.\/usr\/lib\/systemd\/system\/serviceradar-sysmonvm-host.service$/m,
    );
    expect(run('dpkg-deb', '-I', path, 'conffiles')).toBe('/etc/serviceradar/sysmonvm-host.json\n');
    expect(await readdir(output)).toEqual(['serviceradar-sysmonvm-host_0.1.0_amd64.deb']);
    expect(digest((await packed('deb')).path)).toBe(digest(path));
  });

  it('is installed, upgraded with the configuration kept, and purged with its user by the real dpkg', async () => {
    const said = inOverlay(
      await packed('deb'),
      `dpkg -i /package >&2
${listing}
echo '{"sample_interval":"1s"}' >/etc/serviceradar/sysmonvm-host.json
dpkg -i /package >&2
cat /etc/serviceradar/sysmonvm-host.json
dpkg -r serviceradar-sysmonvm-host >&2
ls /etc/serviceradar
dpkg -P serviceradar-sysmonvm-host >&2
id serviceradar-sysmon 2>&1 || ls -d /etc/serviceradar /usr/libexec/serviceradar 2>&1 | wc -l`,
    );
    expect(said.startsWith(listed), said).toBe(true);
    expect(said.slice(listed.length)).toBe(
      '{"sample_interval":"1s"}\nsysmonvm-host.json\nid: ‘serviceradar-sysmon’: no such user\n2\n',
    );
  });
});

describe('a .rpm', () => {
  it('is the same twice, and installed and erased by the real rpm on Debian [R-132]', async () => {
    const one = await packed('rpm');
    expect(run('rpm', '-qp', '--queryformat', '%{NAME} %{VERSION} %{ARCH}\n', one.path)).toBe(
      'serviceradar-sysmonvm-host 0.1.0 x86_64\n',
    );
    expect(run('rpm', '-qpc', one.path)).toBe('/etc/serviceradar/sysmonvm-host.json\n');
    expect(digest((await packed('rpm')).path)).toBe(digest(one.path));
    const said = inOverlay(
      one,
      `rpm -i --nodeps /package >&2
${listing}
rpm -e --nodeps serviceradar-sysmonvm-host >&2
ls -d /etc/serviceradar/* /usr/libexec/serviceradar/* 2>/dev/null | wc -l`,
    );
    expect(said).toBe(`${listed}0\n`);
  });
});

describe('a tar.gz', () => {
  it('is read by tar, holds the tree with its modes, and is the same twice [R-132]', async () => {
    const { path } = await packed('tar.gz', { os: 'darwin' });
    expect(path).toMatch(/\/serviceradar-sysmonvm-host-macos\.tar\.gz$/);
    const names = run('tar', '-tvzf', path).trim().split('\n');
    expect(names.map((line) => line.replace(/^(\S+) (\S+) .* (\S+)$/, '$1 $2 $3'))).toEqual([
      'drwxr-xr-x root/root Library/',
      'drwxr-xr-x root/root Library/LaunchDaemons/',
      '-rw-r--r-- root/root Library/LaunchDaemons/com.serviceradar.sysmonvm.plist',
      'drwxr-xr-x root/root usr/',
      'drwxr-xr-x root/root usr/local/',
      'drwxr-xr-x root/root usr/local/etc/',
      'drwxr-xr-x root/root usr/local/etc/serviceradar/',
      '-rw-r--r-- root/root usr/local/etc/serviceradar/sysmon-vm.json',
      'drwxr-xr-x root/root usr/local/libexec/',
      'drwxr-xr-x root/root usr/local/libexec/serviceradar/',
      '-rwxr-xr-x root/root usr/local/libexec/serviceradar/serviceradar-sysmon-vm',
    ]);
    expect(run('tar', '-xOzf', path, 'usr/local/libexec/serviceradar/serviceradar-sysmon-vm')).toBe(
      '#!/bin/sh\necho checker\n',
    );
    expect(digest((await packed('tar.gz', { os: 'darwin' })).path)).toBe(digest(path));
  });
});

describe('a .pkg', () => {
  const sign = { PKG_APP_SIGN_IDENTITY: 'App', PKG_SIGN_IDENTITY: 'Inst', PKG_NOTARIZE_PROFILE: 'prof' };

  it('is made by the documented calls, of strict stand-ins [R-132]', async () => {
    const programs = await strictPrograms();
    const before = async (staging: string, output: string) => {
      const program = `${staging}/root/usr/local/libexec/serviceradar/serviceradar-sysmon-vm`;
      const pkg = `${output}/serviceradar-sysmonvm-host-macos.pkg`;
      const entitled = `--entitlements ${staging}/entitlements.plist`;
      await programs.add(
        'codesign',
        { args: `--force --options runtime --timestamp ${entitled} --sign App ${program}` },
        { args: `--verify --strict ${program}` },
      );
      await programs.add('pkgbuild', {
        args: `--root ${staging}/root --scripts ${staging}/scripts --identifier com.serviceradar.sysmonvm --version 0.1.0 --ownership recommended --install-location / ${staging}/unsigned.pkg`,
      });
      await programs.add('productsign', { args: `--sign Inst --timestamp ${staging}/unsigned.pkg ${pkg}` });
      await programs.add('pkgutil', { args: `--check-signature ${pkg}` });
      await programs.add(
        'xcrun',
        { args: `notarytool submit ${pkg} --keychain-profile prof --wait` },
        { args: `stapler staple ${pkg}` },
      );
    };
    await packed('pkg', { os: 'darwin', env: sign, host: { platform: 'darwin', runner: programs.runner }, before });
    const counts = ['codesign', 'pkgbuild', 'productsign', 'pkgutil', 'xcrun'].map((tool) => programs.calls(tool));
    expect((await Promise.all(counts)).map((calls) => calls.length)).toEqual([2, 1, 1, 1, 2]);
  });

  it('is refused where there is no Mac, before anything is made', async () => {
    await expect(packed('pkg', { os: 'darwin' })).rejects.toMatchObject({ code: 'collector.package-invalid' });
  });
});
