import { describe, expect, it } from 'vitest';
import { hostLayouts, linuxPackageLayout } from '../../../src/core/host-collector/layout.ts';
import { packageSettings } from '../../../src/core/host-collector/package-options.ts';
import { packagePlan } from '../../../src/core/host-collector/package-plan.ts';
import { describeStep } from '../../../src/core/host-collector/steps.ts';
import { failure } from '../../support/failure.ts';

const settingsOf = (env: Readonly<Record<string, string>>, formats: readonly string[] = [], os?: 'linux') =>
  packageSettings(env, { os: os ?? 'darwin', formats, ownVersion: '1.2.3' });
const planOf = (env: Readonly<Record<string, string>>, formats?: readonly string[]) =>
  packagePlan({
    layout: hostLayouts.darwin,
    arch: 'aarch64',
    settings: settingsOf(env, formats),
    binary: '/b/checker',
    configText: '{}',
    output: '/o',
    staging: '/s',
    template: (name) => `text of ${name}`,
  });
const commands = (env: Readonly<Record<string, string>>) =>
  planOf(env).steps.flatMap((step) => (step.kind === 'run' ? [describeStep(step)] : []));

describe('a package for Macs', () => {
  it('without any variable is a tar.gz and an unsigned .pkg [R-132]', () => {
    expect(planOf({}).files).toEqual([
      { format: 'tar.gz', path: '/o/serviceradar-sysmonvm-host-macos.tar.gz' },
      { format: 'pkg', path: '/o/serviceradar-sysmonvm-host-macos.pkg' },
    ]);
    expect(commands({})).toEqual([
      'pkgbuild --root /s/root --scripts /s/scripts --identifier com.serviceradar.sysmonvm --version 1.2.3 --ownership recommended --install-location / /o/serviceradar-sysmonvm-host-macos.pkg',
    ]);
  });

  it('is signed, notarised and stapled with all of them [R-132]', () => {
    const env = {
      PKG_IDENTIFIER: 'org.example.monitor',
      PKG_VERSION: '9.1',
      PKG_APP_SIGN_IDENTITY: 'Developer ID Application: X (T)',
      PKG_SIGN_IDENTITY: 'Developer ID Installer: X (T)',
      PKG_NOTARIZE_PROFILE: 'profile',
    };
    const program = '/s/root/usr/local/libexec/serviceradar/serviceradar-sysmon-vm';
    const pkg = '/o/serviceradar-sysmonvm-host-macos.pkg';
    expect(commands(env)).toEqual([
      `codesign --force --options runtime --timestamp --entitlements /s/entitlements.plist --sign 'Developer ID Application: X (T)' ${program}`,
      `codesign --verify --strict ${program}`,
      'pkgbuild --root /s/root --scripts /s/scripts --identifier org.example.monitor --version 9.1 --ownership recommended --install-location / /s/unsigned.pkg',
      `productsign --sign 'Developer ID Installer: X (T)' --timestamp /s/unsigned.pkg ${pkg}`,
      `pkgutil --check-signature ${pkg}`,
      `xcrun notarytool submit ${pkg} --keychain-profile profile --wait`,
      `xcrun stapler staple ${pkg}`,
    ]);
  });

  it('takes another time stamp server, or none [R-132]', () => {
    const sign = { PKG_APP_SIGN_IDENTITY: 'A', PKG_SIGN_IDENTITY: 'I' };
    const stamps = (env: Readonly<Record<string, string>>) =>
      commands({ ...sign, ...env }).flatMap((line) => /--timestamp\S*/.exec(line) ?? []);
    expect(stamps({ PKG_TIMESTAMP_URL: 'http://stamp.example' })).toEqual([
      '--timestamp=http://stamp.example',
      '--timestamp',
    ]);
    expect(stamps({ PKG_DISABLE_TIMESTAMP: '1' })).toEqual(['--timestamp=none', '--timestamp=none']);
  });

  it('SKIP_PKG makes the tar.gz only, SKIP_BUILD takes the executable as it is [R-132]', () => {
    expect(planOf({ SKIP_PKG: '1' }).files.map(({ format }) => format)).toEqual(['tar.gz']);
    expect([settingsOf({ SKIP_BUILD: 'yes' }).skipBuild, settingsOf({ SKIP_BUILD: '0' }).skipBuild]).toEqual([
      true,
      false,
    ]);
  });
});

describe('what does not go together', () => {
  it.each([
    [{ PKG_NOTARIZE_PROFILE: 'p' }, 'PKG_APP_SIGN_IDENTITY'],
    [{ PKG_DISABLE_TIMESTAMP: '1', PKG_TIMESTAMP_URL: 'http://s' }, 'exclude each other'],
    [{ PKG_VERSION: 'newest' }, 'PKG_VERSION'],
    [{ PKG_IDENTIFIER: 'a b' }, 'PKG_IDENTIFIER'],
    [{ SKIP_PKG: 'maybe' }, 'SKIP_PKG'],
    [{ SOURCE_DATE_EPOCH: 'now' }, 'SOURCE_DATE_EPOCH'],
  ])('%o is refused by name', (env, said) => {
    const error = failure(() => settingsOf(env as Record<string, string>));
    expect([error.code, error.message]).toEqual(['collector.package-invalid', expect.stringContaining(said)]);
  });

  it('a format of the other system is refused with those there are', () => {
    const error = failure(() => settingsOf({}, ['pkg'], 'linux'));
    expect(error.message).toBe('there is no pkg for linux; there are tar.gz, deb, rpm');
  });
});

describe('a package for Linux', () => {
  it('lies where a distribution allows it, and is named as its tools name it', () => {
    const { files } = packagePlan({
      layout: linuxPackageLayout,
      arch: 'aarch64',
      settings: settingsOf({}, ['deb', 'rpm', 'tar.gz'], 'linux'),
      binary: '/b',
      configText: '{}',
      output: '/o',
      staging: '/s',
      template: () => '',
    });
    expect(files.map(({ path }) => path)).toEqual([
      '/o/serviceradar-sysmonvm-host_1.2.3_arm64.deb',
      '/o/serviceradar-sysmonvm-host-1.2.3-1.aarch64.rpm',
      '/o/serviceradar-sysmonvm-host-linux-aarch64.tar.gz',
    ]);
  });
});
