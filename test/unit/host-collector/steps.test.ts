import { readFileSync } from 'node:fs';
import { parse } from 'plist';
import { describe, expect, it } from 'vitest';
import { installSteps, uninstallSteps } from '../../../src/core/host-collector/install-plan.ts';
import { hostLayouts, linuxPackageLayout, serviceText } from '../../../src/core/host-collector/layout.ts';
import { describeStep } from '../../../src/core/host-collector/steps.ts';

const template = (name: string) => readFileSync(new URL(`../../../templates/${name}`, import.meta.url), 'utf8');
const shown = (os: 'linux' | 'darwin') =>
  installSteps({ layout: hostLayouts[os], binary: '/b/checker', configText: '{}', serviceText: 'unit' }).map(
    describeStep,
  );

describe('the launchd daemon', () => {
  const text = serviceText(template(hostLayouts.darwin.serviceTemplate), hostLayouts.darwin);

  it('has the keys, paths and log files that were asked for [R-85] [R-86]', () => {
    expect(parse(text)).toEqual({
      Label: 'com.serviceradar.sysmonvm',
      ProgramArguments: [
        '/usr/local/libexec/serviceradar/serviceradar-sysmon-vm',
        '--config',
        '/usr/local/etc/serviceradar/sysmon-vm.json',
      ],
      RunAtLoad: true,
      KeepAlive: true,
      StandardOutPath: '/var/log/serviceradar/sysmon-vm.log',
      StandardErrorPath: '/var/log/serviceradar/sysmon-vm.err.log',
      ProcessType: 'Background',
    });
    expect(hostLayouts.darwin.logs).toEqual([
      '/var/log/serviceradar/sysmon-vm.log',
      '/var/log/serviceradar/sysmon-vm.err.log',
    ]);
  });

  it('is installed in the documented order, after the configuration was checked [R-85]', () => {
    expect(shown('darwin')).toEqual([
      'install -d -m 0755 /usr/local/libexec/serviceradar',
      'install -d -m 0755 /usr/local/etc/serviceradar',
      'install -d -m 0755 /var/log/serviceradar',
      'install -m 0755 /b/checker /usr/local/libexec/serviceradar/serviceradar-sysmon-vm',
      'write /usr/local/etc/serviceradar/sysmon-vm.json (mode 0600)',
      'write /Library/LaunchDaemons/com.serviceradar.sysmonvm.plist (mode 0644)',
      '/usr/local/libexec/serviceradar/serviceradar-sysmon-vm --config /usr/local/etc/serviceradar/sysmon-vm.json --check-config',
      'launchctl bootout system/com.serviceradar.sysmonvm',
      'launchctl print system/com.serviceradar.sysmonvm (until it ends with 113)',
      'launchctl bootstrap system /Library/LaunchDaemons/com.serviceradar.sysmonvm.plist',
      'launchctl enable system/com.serviceradar.sysmonvm',
      'launchctl kickstart -k system/com.serviceradar.sysmonvm',
    ]);
  });

  it('is taken away with its logs, and its configuration only when asked [R-99]', () => {
    const places = (keepConfig: boolean) =>
      uninstallSteps({ layout: hostLayouts.darwin, keepConfig }).flatMap((step) =>
        step.kind === 'remove' ? [step.path] : [],
      );
    expect(places(false)).toEqual([
      '/Library/LaunchDaemons/com.serviceradar.sysmonvm.plist',
      '/usr/local/libexec/serviceradar/serviceradar-sysmon-vm',
      '/usr/local/etc/serviceradar/sysmon-vm.json',
      '/var/log/serviceradar/sysmon-vm.log',
      '/var/log/serviceradar/sysmon-vm.err.log',
    ]);
    expect(places(true)).toHaveLength(2);
  });
});

describe('the systemd service of a host', () => {
  it.each([hostLayouts.linux, linuxPackageLayout])('runs $program as a user of its own with one right', (layout) => {
    const unit = serviceText(template(layout.serviceTemplate), layout);
    expect(unit).toContain(`ExecStart=${layout.program} --config ${layout.config}\n`);
    for (const line of [
      `User=${layout.user}`,
      'CapabilityBoundingSet=CAP_PERFMON',
      'NoNewPrivileges=yes',
      'ProtectSystem=strict',
      'Restart=always',
    ])
      expect(unit).toContain(`${line}\n`);
  });

  it('gives its configuration to its user only', () => {
    expect(shown('linux')).toContain(
      'write /etc/serviceradar/sysmonvm-host.json (mode 0640, root:serviceradar-sysmon)',
    );
  });
});
