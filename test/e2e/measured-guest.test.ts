import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRecord, recordScript, usageOver } from '../support/cpu-usage-over.ts';
import { type CheckerReport, checkerClient, npmSettings } from '../support/guest-checker.ts';
import { type MetricStore, startOtlpStore, startPrometheus } from '../support/metric-stores.ts';
import { startPython } from '../support/python-line-program.ts';
import { copyStress, stress } from '../support/stress-in-guest.ts';
import { Workbench } from '../support/workbench.ts';

/**
 * The whole chain in one Debian guest: provisioned, bootstrapped, measured, its numbers received by programs that are not
 * ours, loaded. The tests are its life, in this order. What it is after a restart stands in test/guest.
 */
const size = ['--image', 'debian-12', '--cpus', '2', '--memory', '1G', '--disk', '10G'];
const guestPrometheusPort = 9464;
const otlpProtos = join(import.meta.dirname, '../fixtures/checker');

let bench: Workbench;
let receiver: MetricStore;
let scraper: MetricStore;
let installed: CheckerReport;

const inGuest = async (script: string): Promise<string> =>
  (await bench.ok(['exec', 'deb', '--', 'sh', '-c', script])).stdout.trim();
const install = (...flags: readonly string[]) => bench.json<CheckerReport>(['vm-install', 'deb', ...flags]);

async function settings(name: string, values: object): Promise<string> {
  const file = join(bench.root, name);
  await writeFile(file, JSON.stringify(values));
  return file;
}

beforeAll(async () => {
  bench = await Workbench.make();
  receiver = await startOtlpStore();
  await bench.ok(['fetch-image', '--image', 'debian-12']);
}, 900_000);
afterAll(async () => {
  await receiver?.end();
  await scraper?.end();
  await bench.dispose();
});

describe('debian-12 with a cloud-config of the user', () => {
  it('is provisioned: user, sudo, hostname, the files and commands of the user [R-39] [R-44]', async () => {
    const file = join(bench.root, 'mine.yaml');
    await writeFile(
      file,
      '#cloud-config\nwrite_files:\n  - path: /etc/mine\n    content: "from the user\\n"\nruncmd:\n  - [sh, -c, "echo ran > /var/ran"]\n',
    );
    const up = bench.ok(['up', 'deb', ...size, '--cloud-init', file]);
    await Promise.all([up, bench.ok(['build-checker', '--arch', 'x64'], { env: npmSettings })]);
    expect(await inGuest('cat /etc/mine /var/ran; hostname; sudo -n id -u')).toBe('from the user\nran\ndeb\n0');
    const { vm } = await bench.json<{ vm: { boot: { name: string }[] } }>(['vm-status', 'deb']);
    expect(vm.boot.map((mark) => mark.name)).toEqual(
      expect.arrayContaining(['kernel', 'init', 'ssh-banner', 'ssh-login', 'cloud-init-done', 'ready']),
    );
  });

  it('the disk has the size that was asked for, the clock is right, the agent runs [R-30]', async () => {
    const facts = await inGuest(
      'lsblk -bno SIZE /dev/vda | head -1; df -B1 --output=size / | tail -1; date +%s; systemctl is-active qemu-guest-agent',
    );
    const [disk, root, clock, agent] = facts.split('\n');
    expect(Number(disk)).toBe(10 * 2 ** 30);
    expect(Number(root)).toBeGreaterThan(4 * 2 ** 30);
    expect(Math.abs(Number(clock) - Date.now() / 1000)).toBeLessThan(10);
    expect(agent).toBe('active');
  });

  it('is made ready for measurements [R-47] [R-53] [R-56]', async () => {
    const { bootstrap } = await bench.json<{
      bootstrap: { steps: readonly { readonly name: string; readonly outcome?: string }[] };
    }>(['vm-bootstrap', 'deb', '--no-upgrade', '--profile', 'minimal']);
    const outcomes = Object.fromEntries(bootstrap.steps.map(({ name, outcome }) => [name, outcome]));
    expect(outcomes).toMatchObject({
      clock: 'unchanged',
      'perf-access': 'done',
      ssh: 'done',
      governor: 'not-applicable',
    });
    expect(await inGuest('cat /proc/sys/kernel/perf_event_paranoid')).toBe('1');
  });
});

describe('its checker', () => {
  it('is installed with settings of a person, and proven by health and a real sample [R-12] [R-58] [R-71] [R-120]', async () => {
    const config = await settings('first.json', {
      otlp: {
        endpoint: `http://10.0.2.2:${receiver.port}/opentelemetry/v1/metrics`,
        protocol: 'http/protobuf',
        interval: '2s',
      },
      prometheus: { listen_addr: `0.0.0.0:${guestPrometheusPort}` },
      insecure: true,
      slow_interval: '2s',
      semconv: 'both',
      resource: { 'deployment.environment.name': 'test' },
    });
    installed = await install('--config', config);
    expect(installed).toMatchObject({ action: 'installed', service: 'active', health: 'SERVING', security: 'mtls' });
    expect(installed.sample?.cpus.map(({ cpu }) => cpu)).toEqual([0, 1]);
    // Under emulation there is no clock: a number is named for what it is, or it is absent.
    for (const { frequency } of installed.sample?.cpus ?? [])
      if (frequency !== undefined) expect(frequency).toMatchObject({ source: 'procfs', quality: 'synthetic' });
  });

  it('answers an independent client through the forwarded port [R-118] [R-126] [R-128] [R-137]', async () => {
    const call = await checkerClient(installed);
    expect(await call('Check', { service: 'sysmon-vm' })).toEqual({ status: 'SERVING' });
    const { available, message } = await call('GetStatus', { agent_id: 'a' });
    expect([available, message.available, message.status.cpus.length]).toEqual([true, true, 2]);
    expect(message.status.host_id).toBe(await inGuest('cat /etc/machine-id'));
    expect(message.status.processes[0]).toMatchObject({ status: expect.any(String), start_time: expect.any(String) });
  });

  it('its numbers reach a store by OTLP/HTTP, and a Prometheus that scrapes it [R-72] [R-76] [R-77] [R-78] [R-95]', async () => {
    const machine = await inGuest('cat /etc/machine-id');
    const [pushed] = await receiver.query('{__name__=~"system_cpu_frequency.*", cpu="cpu0"}');
    expect(pushed?.metric).toMatchObject({
      service_name: 'sysmon-vm',
      host_id: machine,
      sysmonvm_vm_name: 'deb',
      deployment_environment_name: 'test',
      sysmonvm_quality: 'synthetic',
    });
    expect(Number(pushed?.value[1])).toBeGreaterThan(1e8);
    // From the source to the answer of a query; with an interval of 2 s.
    const [seen] = await receiver.query('time() - timestamp(system_cpu_frequency_hertz{cpu="cpu0"})');
    expect(Number(seen?.value[1])).toBeLessThan(15);
    const { port } = await bench.json<{ port: { host: number } }>(['vm-port', 'add', `${guestPrometheusPort}`, 'deb']);
    scraper = await startPrometheus([port.host]);
    expect(await scraper.query('up == 1')).toHaveLength(1);
    const [scraped] = await scraper.query('system_cpu_frequency{cpu="cpu1"}');
    expect(scraped?.metric).toMatchObject({
      host_id: machine,
      sysmonvm_source: 'procfs',
      sysmonvm_quality: 'synthetic',
    });
  });

  it('under load its usage is that of /proc/stat, within one point over the same window [R-75] [R-92]', async () => {
    await copyStress(bench, 'deb');
    const call = await checkerClient(installed);
    const { current_sequence: before } = await call('GetResults');
    // Both ends of the window are read between two lines of a record: the longer it is, the less they matter.
    const script = `${stress} --cpu 1 --taskset 1 --timeout 32s & sleep 3; bash -c '${recordScript}' record 24; wait`;
    const record = readRecord((await bench.ok(['exec', 'deb', '--', 'sh', '-c', script])).stdout);
    const { data, ...answer } = await call('GetResults', { last_sequence: before });
    expect([answer.has_new_data, data.sysmonvm.lost]).toEqual([true, 0]);
    const [idle, loaded] = [0, 1].map((cpu) => usageOver(cpu, data.sysmonvm.samples, record));
    expect(loaded?.seconds).toBeGreaterThan(20);
    expect(loaded?.kernel).toBeGreaterThan(90);
    expect(loaded?.apart, JSON.stringify(loaded)).toBeLessThan(1);
    expect(idle?.apart, JSON.stringify(idle)).toBeLessThan(1);
    expect(idle?.kernel).toBeLessThan(80);
  });

  it('pushes to a Python receiver by OTLP/gRPC [R-08] [R-72]', async () => {
    const python = await startPython('otlp-receiver.py', ['0', otlpProtos]);
    const endpoint = `http://10.0.2.2:${await python.next()}`;
    const config = JSON.stringify({
      listen_addr: '127.0.0.1:50999',
      otlp: { endpoint, protocol: 'grpc', interval: '1s' },
    });
    const command = `echo '${config}' >/tmp/grpc.json; timeout 60 serviceradar-sysmon-vm --config /tmp/grpc.json`;
    const running = bench.run(['exec', 'deb', '--', 'sh', '-c', command]);
    const { resourceMetrics } = JSON.parse(await python.next());
    const names = resourceMetrics[0].scopeMetrics[0].metrics.map(({ name }: { name: string }) => name);
    expect(names).toEqual(expect.arrayContaining(['system.cpu.frequency', 'sysmonvm.cpu.busy']));
    await inGuest('pkill -f /tmp/grpc[.]json');
    await running;
  });

  it('goes with the VM, and nothing is left', async () => {
    await bench.ok(['vm-destroy', 'deb', '--yes']);
    expect(await bench.leftovers()).toEqual([]);
  });
});
