import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CheckerReport, checkerClient, npmSettings } from '../support/guest-checker.ts';
import { until, Workbench } from '../support/workbench.ts';

const size = ['--image', 'debian-12', '--arch', 'aarch64', '--cpus', '2', '--memory', '1G', '--disk', '10G'];
/** Node needs half a minute to start in an emulated guest of another architecture. */
const patience = ['--timeout', '10m'];

let bench: Workbench;
let installed: CheckerReport;

beforeAll(async () => {
  bench = await Workbench.make();
  await bench.ok(['fetch-image', '--image', 'debian-12', '--arch', 'aarch64']);
  await bench.ok(['build-checker', '--arch', 'arm64'], { env: npmSettings });
});
afterAll(() => bench.dispose());

it('aarch64: a guest is prepared and its checker installed, proven by a real sample [R-57] [R-58] [R-120]', async () => {
  await bench.ok(['up', 'arm', ...size]);
  await bench.ok(['vm-bootstrap', 'arm', '--no-upgrade', '--profile', 'minimal']);
  installed = await bench.json<CheckerReport>(['vm-install', 'arm', ...patience]);
  expect(installed).toMatchObject({ action: 'installed', service: 'active', health: 'SERVING', security: 'mtls' });
  expect(installed.sample?.cpus.map(({ cpu }) => cpu)).toEqual([0, 1]);
  // /proc/cpuinfo of this architecture names no clock, and an emulated counter is none.
  for (const { frequency } of installed.sample?.cpus ?? [])
    if (frequency !== undefined) expect(frequency.quality).toBe('synthetic');
});

it('aarch64: it answers an independent client, also after it was killed [R-59] [R-126]', async () => {
  const call = await checkerClient(installed);
  const { message } = await call('GetStatus');
  expect(message.status.cpus).toHaveLength(2);
  expect(message.status.host_id).toMatch(/^[0-9a-f]{32}$/);
  await bench.ok(['exec', 'arm', '--', 'sudo', 'systemctl', 'kill', '--signal', 'KILL', 'serviceradar-sysmon-vm']);
  await until('it serves again', async () => (await call('Check')).status === 'SERVING', 300_000);
});

it('aarch64: it goes with the VM, and nothing is left', async () => {
  await bench.ok(['vm-destroy', 'arm', '--yes']);
  expect(await bench.leftovers()).toEqual([]);
});
