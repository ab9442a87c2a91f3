import { afterAll, beforeAll, expect, it } from 'vitest';
import { until, Workbench } from '../support/workbench.ts';

let bench: Workbench;

beforeAll(async () => {
  bench = await Workbench.make();
  await bench.ok(['vm-create', 'x', '--image', 'tiny', '--cpus', '1', '--memory', '256M', '--disk', '2G']);
}, 300_000);
afterAll(() => bench.dispose());

it('a guest cut off as soon as it is ready, again and again, still knows its user, keys and rights', async () => {
  for (let round = 0; round < 2; round++) {
    await bench.ok(['vm-start', 'x']);
    expect((await bench.ok(['exec', 'x', '--', 'sudo', 'cat', '/etc/passwd'])).stdout).not.toContain('\0');
    const { vm } = await bench.json<{ vm: { pid: number } }>(['vm-status', 'x']);
    process.kill(vm.pid, 'SIGKILL');
    await until('QEMU is gone', async () => !(await bench.processes()).some(({ pid }) => pid === vm.pid));
  }
});

it('its console has one shell, which stays', async () => {
  await bench.ok(['vm-start', 'x']);
  const shells = async (): Promise<string> =>
    (await bench.ok(['exec', 'x', '--', 'sh', '-c', 'ps | grep "[/]bin/sh -l"'])).stdout;
  await until('the shell is there', async () => (await shells().catch(() => '')) !== '');
  const first = await shells();
  expect(first.trim().split('\n').length).toBe(1);
  // A shell that lost its terminal would be replaced every second.
  await bench.ok(['exec', 'x', '--', 'sleep', '4']);
  expect(await shells()).toBe(first);
  expect((await bench.ok(['vm-logs', 'x'])).stdout.match(/^BusyBox v/gm)?.length).toBe(1);
});
