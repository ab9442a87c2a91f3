import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { installCollector } from '../../../src/app/host-collector/install-collector.ts';
import { uninstallCollector } from '../../../src/app/host-collector/uninstall-collector.ts';
import { SysmonvmError } from '../../../src/core/errors/sysmonvm-error.ts';
import { answering, call, checkerProgram, collectorHost, type Host } from '../../support/collector-host.ts';

const unit = 'serviceradar-sysmonvm-host.service';
const macConfig = '/usr/local/etc/serviceradar/sysmon-vm.json';
const alpha = { id: '01HVMALPHA', name: 'alpha' };
let checker: string;

beforeAll(async () => {
  checker = await checkerProgram();
});

const modeOf = async (host: Host, path: string) => ((await stat(join(host.root, path))).mode & 0o777).toString(8);
const isThere = (host: Host, path: string) =>
  stat(join(host.root, path)).then(
    () => true,
    () => false,
  );
const errorOf = async (action: Promise<unknown>): Promise<SysmonvmError> => {
  const error = await action.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof SysmonvmError) return error;
  throw error ?? new Error('did not fail');
};

const linuxHost = async (options: Partial<Parameters<typeof collectorHost>[0]> = {}) => {
  const host = await collectorHost({ platform: 'linux', vms: [alpha], staged: checker, ...options });
  await host.programs.add('useradd', {
    args: '--system --user-group --no-create-home --home-dir / --shell /usr/sbin/nologin serviceradar-sysmon',
  });
  await host.programs.add(
    'systemctl',
    { args: 'daemon-reload' },
    { args: `enable ${unit}` },
    { args: `restart ${unit}` },
    { args: `disable --now ${unit}` },
  );
  await host.programs.add('userdel', { args: 'serviceradar-sysmon' });
  await host.programs.add('journalctl', {
    args: `--unit ${unit} --lines 20 --no-pager --output cat`,
    out: 'listen EADDRINUSE',
  });
  return host;
};

describe('host-install on a Mac, with a stand-in for launchctl', () => {
  it('installs, upgrades a running one in place and keeps what was written by hand [R-85] [R-86] [R-132]', async () => {
    const host = await collectorHost({ platform: 'darwin', vms: [alpha], staged: checker });
    const launchctl = join(host.programs.folder, 'launchctl');
    await answering(async (listen) => {
      const report = await installCollector(host.deps, call, { dryRun: false, listen });
      expect(report.vms).toEqual([alpha]);
      expect((await readFile(`${launchctl}.state`, 'utf8')).trim()).toBe('running');
      const config = JSON.parse(await host.read(macConfig));
      expect(config).toMatchObject({ resource: { 'service.name': 'macos-host-monitor' }, vm: alpha });
      await writeFile(join(host.root, macConfig), JSON.stringify({ ...config, sample_interval: '1s' }));
      await installCollector(host.deps, call, { dryRun: false });
    });
    expect(JSON.parse(await host.read(macConfig))).toMatchObject({ sample_interval: '1s' });
    expect(await host.programs.calls('launchctl')).toEqual([
      ...['bootout system/', 'print system/'].map((words) => `${words}com.serviceradar.sysmonvm`),
      'bootstrap system /Library/LaunchDaemons/com.serviceradar.sysmonvm.plist',
      ...['enable system/', 'kickstart -k system/'].map((words) => `${words}com.serviceradar.sysmonvm`),
      ...['bootout system/', 'print system/', 'print system/'].map((words) => `${words}com.serviceradar.sysmonvm`),
      'bootstrap system /Library/LaunchDaemons/com.serviceradar.sysmonvm.plist',
      ...['enable system/', 'kickstart -k system/'].map((words) => `${words}com.serviceradar.sysmonvm`),
    ]);
    expect(await modeOf(host, macConfig)).toBe('600');
    expect(await modeOf(host, '/Library/LaunchDaemons/com.serviceradar.sysmonvm.plist')).toBe('644');
    expect(await isThere(host, '/var/log/serviceradar')).toBe(true);
  });

  it('is taken away without a trace; a second time there is nothing [R-99]', async () => {
    const host = await collectorHost({ platform: 'darwin', staged: checker });
    await answering((listen) => installCollector(host.deps, call, { dryRun: false, listen }));
    await uninstallCollector(host.deps, call, { dryRun: false, keepConfig: false });
    for (const path of ['/Library/LaunchDaemons/com.serviceradar.sysmonvm.plist', '/var/log/serviceradar', macConfig])
      expect(await isThere(host, path)).toBe(false);
    expect((await uninstallCollector(host.deps, call, { dryRun: false, keepConfig: false })).steps).toEqual([]);
  });

  it('shows the log of a service that does not answer', async () => {
    const host = await collectorHost({ platform: 'darwin', staged: checker });
    const listen = await answering(async (address) => address);
    await installCollector(host.deps, call, { dryRun: false, listen }).catch(() => undefined);
    await writeFile(join(host.root, 'var/log/serviceradar/sysmon-vm.err.log'), 'powermetrics needs root\n');
    const error = await errorOf(installCollector(host.deps, call, { dryRun: false, listen }));
    expect([error.code, error.message]).toEqual([
      'collector.not-running',
      expect.stringContaining('powermetrics needs root'),
    ]);
    expect(error.next).toContain('launchctl print system/com.serviceradar.sysmonvm');
  });
});

describe('host-install on Linux, with stand-ins for systemctl and useradd', () => {
  it('installs for a user of its own and starts the unit [R-14]', async () => {
    const host = await linuxHost();
    await answering((listen) => installCollector(host.deps, call, { dryRun: false, listen }));
    expect(await host.programs.calls('systemctl')).toEqual(['daemon-reload', `enable ${unit}`, `restart ${unit}`]);
    expect(await modeOf(host, '/etc/serviceradar/sysmonvm-host.json')).toBe('640');
    expect(await host.read(`/etc/systemd/system/${unit}`)).toContain('User=serviceradar-sysmon');
    await uninstallCollector(host.deps, call, { dryRun: false, keepConfig: true });
    expect(await isThere(host, '/etc/serviceradar/sysmonvm-host.json')).toBe(true);
    expect(await isThere(host, `/etc/systemd/system/${unit}`)).toBe(false);
    expect(await host.programs.calls('userdel')).toHaveLength(1);
  });

  it('says what the journal says when nothing answers', async () => {
    const host = await linuxHost();
    const listen = await answering(async (address) => address);
    const error = await errorOf(installCollector(host.deps, call, { dryRun: false, listen }));
    expect([error.code, error.message]).toEqual(['collector.not-running', expect.stringContaining('EADDRINUSE')]);
  });

  it('lets the checker itself refuse a configuration before anything is started', async () => {
    const host = await linuxHost();
    const config = { security: { mode: 'mtls', cert_dir: '/nonexistent' } };
    await answering(async (listen) => {
      await installCollector(host.deps, call, { dryRun: false, listen });
      await writeFile(join(host.root, 'etc/serviceradar/sysmonvm-host.json'), JSON.stringify(config));
      const error = await errorOf(installCollector(host.deps, call, { dryRun: false, listen }));
      expect([error.code, error.message]).toEqual(['host.tool-failed', expect.stringContaining('cannot be read')]);
    });
    expect(await host.programs.calls('systemctl')).toHaveLength(3);
  });

  it('changes nothing without root, and shows the command; a dry run needs none [R-10]', async () => {
    const host = await linuxHost({ userId: 1000 });
    const error = await errorOf(installCollector(host.deps, call, { dryRun: false }));
    expect(error.code).toBe('collector.root-needed');
    expect(error.next[0]).toBe(`sudo sysmonvm host-install --workspace ${host.deps.directories.workspace}`);
    expect((await installCollector(host.deps, call, { dryRun: true })).steps.length).toBeGreaterThan(5);
    expect(await host.programs.calls('useradd')).toEqual([]);
  });

  it('changes nothing where no systemd runs', async () => {
    const host = await linuxHost({ systemd: false });
    const error = await errorOf(installCollector(host.deps, call, { dryRun: false }));
    expect([error.code, error.message]).toEqual([
      'collector.no-service-manager',
      expect.stringMatching(/process 1 is \S+/),
    ]);
    expect(await host.programs.calls('useradd')).toEqual([]);
  });

  it('names the command that makes the executable, and refuses one of another system', async () => {
    const host = await collectorHost({ platform: 'linux' });
    const error = await errorOf(installCollector(host.deps, call, { dryRun: false }));
    expect([error.code, error.next[0]]).toEqual([
      'collector.no-binary',
      expect.stringMatching(/^sysmonvm build-checker --os linux --arch (x64|arm64)$/),
    ]);
    const mac = await collectorHost({ platform: 'darwin' });
    const foreign = await errorOf(installCollector(mac.deps, call, { dryRun: false, binary: process.execPath }));
    expect(foreign.code).toBe('checker.binary-unfit');
  });
});
