import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CheckerReport, checkerClient, checkerPort, npmSettings } from '../support/guest-checker.ts';
import { type MetricStore, startPrometheus } from '../support/metric-stores.ts';
import { pythonClient } from '../support/python-line-program.ts';
import { copyStress, stress } from '../support/stress-in-guest.ts';
import { until, Workbench } from '../support/workbench.ts';

/** One boot of Debian; the tests are the life of a checker in it, in this order. */
const size = ['--image', 'debian-12', '--cpus', '2', '--memory', '1G', '--disk', '10G'];
let bench: Workbench;
let scraper: MetricStore | undefined;
const install = (...flags: readonly string[]) => bench.json<CheckerReport>(['vm-install', 'deb', ...flags]);
const inGuest = async (script: string) =>
  (await bench.ok(['exec', 'deb', '--', 'sudo', 'sh', '-c', script])).stdout.trim();
beforeAll(async () => {
  bench = await Workbench.make();
  await bench.ok(['fetch-image', '--image', 'debian-12']);
  const userFile = join(bench.root, 'mine.yaml');
  await writeFile(userFile, '#cloud-config\nruncmd:\n  - [sh, -c, "echo ran > /var/ran"]\n');
  await Promise.all([
    bench.ok(['up', 'deb', ...size, '--cloud-init', userFile]),
    bench.ok(['build-checker', '--arch', 'x64'], { env: npmSettings }),
  ]);
}, 900_000);
afterAll(async () => {
  await scraper?.end();
  await bench.dispose();
});

describe('a checker in a guest', () => {
  let first: CheckerReport;

  it('is installed, started and proven by its health and a real sample [R-58] [R-59] [R-120] [E.2-5]', async () => {
    first = await install();
    expect(first).toMatchObject({ action: 'installed', service: 'active', health: 'SERVING', security: 'mtls' });
    expect(first.sample?.cpus.map(({ cpu }) => cpu)).toEqual([0, 1]);
    for (const { usagePercent, frequency } of first.sample?.cpus ?? []) {
      expect(usagePercent).toBeLessThanOrEqual(100);
      // Under emulation there is no clock: a number is named for what it is, or it is absent.
      if (frequency !== undefined)
        expect(['synthetic', 'nominal', 'requested', 'measured']).toContain(frequency.quality);
    }
    const total = Number(await inGuest("sed -n 's/^MemTotal: *\\([0-9]*\\) kB/\\1/p' /proc/meminfo"));
    expect(first.sample?.memory.totalBytes).toBe(total * 1024);
  });

  it('runs as a user of its own with one capability, its key readable by nobody else [R-59] [R-129]', async () => {
    const facts = await inGuest(
      'pid=$(systemctl show -P MainPID serviceradar-sysmon-vm); ps -o user= -p "$pid"; sed -n "s/^CapBnd:[[:space:]]*//p" "/proc/$pid/status"; stat -c "%a %U" /etc/serviceradar/checkers/sysmon-vm-tls/server-key.pem; systemctl is-enabled serviceradar-sysmon-vm',
    );
    // Bit 38 is CAP_PERFMON.
    expect(facts.split('\n')).toEqual(['sysmon-vm', '0000004000000000', '600 sysmon-vm', 'enabled']);
  });

  it('answers an independent client with the pair of the VM, and none without [R-118] [R-126] [R-128] [R-137]', async () => {
    const call = await checkerClient(first);
    expect(await call('Check', { service: 'sysmon-vm' })).toEqual({ status: 'SERVING' });
    const { available, message } = await call('GetStatus', { agent_id: 'a' });
    expect([available, message.available, message.status.cpus.length]).toEqual([true, true, 2]);
    expect(message.status.host_id).toBe(await inGuest('cat /etc/machine-id'));
    const stranger = await pythonClient(checkerPort(first), { ca: join(first.certificates ?? '', 'ca.pem') });
    expect((await stranger('GetStatus')).code).toBe('UNAVAILABLE');
  });

  it('a second installation finds everything as it should be', async () => {
    expect(await install()).toMatchObject({ action: 'up-to-date', health: 'SERVING', address: first.address });
  });

  it('takes settings without a reboot, keeps them, and refuses wrong ones with their line [R-60] [R-71]', async () => {
    const config = join(bench.root, 'checker.json');
    await writeFile(config, '{ "sample_interval": "500ms" }');
    expect(await install('--config', config)).toMatchObject({ action: 'installed', health: 'SERVING' });
    expect(await install()).toMatchObject({ action: 'up-to-date' });
    expect(await inGuest('grep -c 500ms /etc/serviceradar/checkers/sysmon-vm.json')).toBe('1');
    await writeFile(config, '{ "sample_interval": "1ms" }');
    const refused = await bench.run(['vm-install', 'deb', '--config', config]);
    expect([refused.code, refused.stderr]).toEqual([3, expect.stringContaining(`${config}:1:3: sample_interval`)]);
  });

  it('settings under which it does not become healthy are taken back, with the same executable', async () => {
    const config = join(bench.root, 'checker.json');
    await writeFile(config, '{ "otlp": { "endpoint": "https://10.0.2.2:1", "ca_file": "/nowhere.pem" } }');
    const failed = await bench.run(['vm-install', 'deb', '--config', config]);
    expect([failed.code, failed.stderr]).toEqual([6, expect.stringContaining('checker.unhealthy')]);
    await until('it serves', async () => (await bench.run(['vm-install', 'deb', '--status'])).code === 0, 90_000);
    expect(await inGuest('grep -c 500ms /etc/serviceradar/checkers/sysmon-vm.json')).toBe('1');
    await writeFile(config, '{}');
    expect(await install('--config', config)).toMatchObject({ action: 'installed' });
  });

  it('shows a quota at work and a CPU that is gone [R-107]', async () => {
    const config = join(bench.root, 'checker.json');
    const prometheus = { listen_addr: '0.0.0.0:9464' };
    await writeFile(config, JSON.stringify({ prometheus, insecure: true, slow_interval: '2s', semconv: 'both' }));
    const report = await install('--config', config);
    await copyStress(bench, 'deb');
    const { port } = await bench.json<{ port: { host: number } }>(['vm-port', 'add', '9464', 'deb']);
    scraper = await startPrometheus([port.host]);
    const id = 'a'.repeat(64);
    await inGuest(
      `systemd-run --quiet --unit docker-${id}.scope --scope --property CPUQuota=20% ${stress} --cpu 1 --timeout 14s & echo 0 >/sys/devices/system/cpu/cpu1/online; sleep 10`,
    );
    const [limit] = await scraper.query(`sysmonvm_container_cpu_limit{container_id="${id}"}`);
    expect(Number(limit?.value[1])).toBeCloseTo(0.2, 3);
    const [used] = await scraper.query(`max_over_time(container_cpu_usage{container_id="${id}"}[1m])`);
    expect(Number(used?.value[1])).toBeGreaterThan(0.1);
    expect(Number(used?.value[1])).toBeLessThan(0.3);
    const [held] = await scraper.query(`sysmonvm_container_cpu_throttled_total{container_id="${id}"} > 1`);
    expect(held).toBeDefined();
    const call = await checkerClient(report);
    const { message } = await call('GetStatus');
    expect(message.status.cpus.map((cpu: { core_id: number }) => cpu.core_id)).toEqual([0]);
    await inGuest('echo 1 >/sys/devices/system/cpu/cpu1/online');
    await bench.ok(['vm-port', 'remove', `${port.host}`, 'deb']);
    await writeFile(config, '{}');
    await install('--config', config);
  });

  it('is back after its process was killed [R-59]', async () => {
    const call = await checkerClient(first);
    await inGuest('systemctl kill --signal KILL serviceradar-sysmon-vm');
    await until('it serves again', async () => (await call('Check')).status === 'SERVING', 90_000);
    expect(Number(await inGuest('systemctl show -P NRestarts serviceradar-sysmon-vm'))).toBe(1);
  });

  it('is back after a restart of the VM, on the same port; nothing is provisioned twice', async () => {
    const facts = 'cat /etc/machine-id /etc/ssh/ssh_host_ed25519_key.pub /var/lib/cloud/data/instance-id';
    const before = await inGuest(facts);
    await inGuest('rm /var/ran');
    await bench.ok(['vm-restart', 'deb']);
    expect(await inGuest(facts)).toBe(before);
    expect((await bench.run(['exec', 'deb', '--', 'test', '-e', '/var/ran'])).code).toBe(1);
    const call = await checkerClient(first);
    await until('it serves again', async () => (await call('Check')).status === 'SERVING', 90_000);
    const after = await install('--status');
    expect([after.health, checkerPort(after)]).toEqual(['SERVING', checkerPort(first)]);
  });

  it('an upgrade to one that does not work is told with its journal, and the former one serves again [R-60]', async () => {
    const failed = await bench.run(['vm-install', 'deb', '--binary', '/bin/false', '--json']);
    expect(failed.code, failed.stderr).toBe(6);
    expect(failed.stderr).toContain('checker.unhealthy');
    expect(failed.stderr).toContain('status=1/FAILURE');
    await until(
      'the former one serves',
      async () => (await bench.run(['vm-install', 'deb', '--status'])).code === 0,
      90_000,
    );
    expect(await inGuest('sha256sum </usr/local/bin/serviceradar-sysmon-vm | cut -d " " -f 1')).toBe(
      first.checker?.digest.replace('sha256:', ''),
    );
    expect(await inGuest('ls -d /var/lib/sysmon-vm-former /usr/local/bin/*.former 2>/dev/null; true')).toBe('');
  });

  it('with security none it is reached by SSH alone: in the guest it listens on the loopback [R-129]', async () => {
    const open = await install('--security', 'none');
    expect(open).toMatchObject({ action: 'installed', health: 'SERVING', security: 'none' });
    expect(await inGuest("ss -Hltn 'sport = :50110' | tr -s ' ' | cut -d ' ' -f 4")).toBe('127.0.0.1:50110');
  });

  it('with --insecure too the forwarded port reaches it, and anybody on this host [R-129]', async () => {
    const open = await install('--security', 'none', '--insecure');
    expect(open).toMatchObject({ action: 'installed', health: 'SERVING', security: 'insecure' });
    const call = await pythonClient(checkerPort(open));
    expect(await call('Check')).toEqual({ status: 'SERVING' });
    expect(await bench.json<CheckerReport>(['vm-install', 'deb', '--status'])).toMatchObject({ security: 'insecure' });
  });

  it('is removed without a trace, in the guest and on the host', async () => {
    const { removed } = await install('--uninstall');
    expect(removed).toContain('user sysmon-vm');
    expect(await inGuest('find / -xdev -name "*sysmon-vm*"; id -u sysmon-vm 2>&1 || true')).toMatch(
      /^id: .*no such user.*$/,
    );
    expect(() => readFileSync(join(first.certificates ?? '', 'ca.pem'))).toThrow(/ENOENT/);
    const { ports } = await bench.json<{ ports: readonly { guest: number }[] }>(['vm-port', 'list', 'deb']);
    expect(ports.map(({ guest }) => guest)).toEqual([22]);
    const status = await bench.run(['vm-install', 'deb', '--status']);
    expect([status.code, status.stdout]).toEqual([1, 'deb: no checker is installed\n']);
    await bench.ok(['vm-destroy', 'deb', '--yes']);
    expect(await bench.leftovers()).toEqual([]);
  });
});
