import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CheckerReport, checkerClient, npmSettings } from '../support/guest-checker.ts';
import { until, Workbench } from '../support/workbench.ts';

/** A template of a guest that is ready for measurements, and what its forks are. One cold boot, packages of the mirror. */
const size = ['--image', 'debian-12', '--cpus', '2', '--memory', '1G', '--disk', '10G'];

let bench: Workbench;
const inGuest = async (vm: string, script: string) =>
  (await bench.ok(['exec', vm, '--', 'sudo', 'sh', '-c', script])).stdout.trim();
const machineOf = (vm: string) => inGuest(vm, 'cat /etc/machine-id');

beforeAll(async () => {
  bench = await Workbench.make();
  await bench.ok(['fetch-image', '--image', 'debian-12']);
  await bench.ok(['build-checker', '--arch', 'x64'], { env: npmSettings });
});
afterAll(() => bench.dispose());

describe('a template made after the bootstrap', () => {
  it('is frozen once everything is installed; its fork has it all [issue 4] [R-47]', async () => {
    await bench.ok(['template', 'create', 'ready', '--after-bootstrap', ...size]);
    await bench.ok(['fork', 'ready', '--prefix', 'm']);
    const tools = 'for tool in perf jq tmux; do command -v "$tool"; done';
    const facts = `cat /proc/sys/kernel/perf_event_paranoid; systemctl is-active chrony; ${tools}`;
    expect((await inGuest('m-1', facts)).split('\n')).toEqual([
      '1',
      'active',
      '/usr/bin/perf',
      '/usr/bin/jq',
      '/usr/bin/tmux',
    ]);
  });

  it('a fork is measured as any VM is', async () => {
    const installed = await bench.json<CheckerReport>(['vm-install', 'm-1']);
    expect(installed).toMatchObject({ action: 'installed', health: 'SERVING' });
  });

  it('the checker of a fork of a measured guest knows that it is another machine, and vm-install makes it its own', async () => {
    await bench.ok(['template', 'create', 'measured', '--from', 'm-1']);
    await bench.ok(['fork', 'measured', '--prefix', 'copy']);
    const [first, second] = [await machineOf('m-1'), await machineOf('copy-1')];
    expect(second).not.toBe(first);
    const journal = 'journalctl --unit serviceradar-sysmon-vm --output cat --no-pager';
    await until(
      'it is started anew',
      async () => (await inGuest('copy-1', journal)).includes(`this machine was ${first} and is ${second} now`),
      60_000,
    );
    const own = await bench.json<CheckerReport>(['vm-install', 'copy-1']);
    expect(own).toMatchObject({ action: 'installed', health: 'SERVING' });
    const { message } = await (await checkerClient(own))('GetStatus');
    expect([message.status.host_id, message.status.hostname]).toEqual([second, 'copy-1']);
  });

  it('everything goes, and nothing is left', async () => {
    for (const vm of ['copy-1', 'm-1']) await bench.ok(['vm-destroy', vm, '--yes']);
    for (const template of ['measured', 'ready']) await bench.ok(['template', 'destroy', template, '--yes']);
    expect(await bench.leftovers()).toEqual([]);
  });
});
