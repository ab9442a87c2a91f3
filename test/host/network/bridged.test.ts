import { stat } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { until, Workbench } from '../../support/workbench.ts';
import { BridgedHost } from './bridged-host.ts';

// Namespaces, a bridge and taps are made, so only root can run this.
const root = process.getuid?.() === 0;
const bridge = 'br0';
const tiny = [
  '--image',
  'tiny',
  '--memory',
  '256M',
  '--disk',
  '2G',
  '--cpus',
  '1',
  '--network',
  'bridged',
  '--bridge',
  bridge,
];
const bootMs = 600_000;
const onTheBridge = /inet (192\.0\.2\.1\d\d)\//;

let bench: Workbench;
let host: BridgedHost;
const bridgeConfigBefore = modified('/etc/qemu/bridge.conf');

beforeAll(async () => {
  if (!root) return;
  bench = await Workbench.make();
  await bench.ok(['fetch-image', '--image', 'tiny']);
  host = await BridgedHost.make(bench);
}, 300_000);
afterEach(async () => {
  if (!root) return;
  for (const vm of (await bench.json<{ vms: { name: string }[] }>(['vm-list'])).vms)
    await bench.ok(['vm-destroy', vm.name, '--yes', '--force']);
  // QEMU's guardian ends by itself, a moment after QEMU.
  await until('nothing is left', async () => (await bench.leftovers()).length === 0);
});
afterAll(async () => {
  await host?.dispose();
  await bench?.dispose();
});

async function modified(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.mtimeMs;
}

async function refusedStart() {
  const outcome = await host.sysmonvm('vm-start', 'b', '--json');
  expect(outcome.code, outcome.stderr).toBe(4);
  expect(outcome.stderr).toContain('host.network-privilege');
  return outcome.stderr;
}

describe.skipIf(!root)('bridged networking that the host does not allow is explained, exit 4 [R-37]', () => {
  it('no bridge.conf, no line for the bridge, no such bridge: each with its own remedy', async () => {
    await bench.ok(['vm-create', 'b', ...tiny]);
    await host.forbid();
    expect(await refusedStart()).toContain('/etc/qemu/bridge.conf');
    await host.allow('another0');
    expect(await refusedStart()).toContain(`allow ${bridge}`);
    await host.allow(bridge);
    expect(await refusedStart()).toContain(`there is no bridge named ${bridge}`);
    const { vm } = await bench.json<{ vm: { state: string; failure: { code: string } } }>(['vm-status', 'b']);
    expect(vm).toMatchObject({ state: 'failed', failure: { code: 'host.network-privilege' } });
    expect(await bench.processes()).toEqual([]);
  });
});

describe.skipIf(!root)('on a real bridge with a DHCP server', () => {
  beforeAll(async () => {
    await host.addBridge(bridge);
    await host.allow(bridge);
    await host.serveAddresses(bridge);
  });

  it(
    'tiny has a second card on the bridge, gets an address there, answers ping, and keeps our SSH [R-37]',
    async () => {
      await bench.ok(['vm-create', 'b', ...tiny]);
      await host.sysmonvmOk('vm-start', 'b');
      let address = '';
      await until('an address on the bridge', async () => {
        const card = await host.sysmonvmOk('exec', 'b', '--', 'ip', '-4', 'address', 'show', 'dev', 'eth1');
        address = onTheBridge.exec(card)?.[1] ?? '';
        return address !== '';
      });
      await host.ok('busybox', 'ping', '-c', '2', '-W', '5', address);
      // Our own card offers no way out: whatever the guest sends elsewhere goes over the bridge.
      const routes = await host.sysmonvmOk('exec', 'b', '--', 'ip', 'route');
      expect(routes).toMatch(new RegExp(`default via ${host.gateway} dev eth1`));
      expect(routes).not.toContain('default via 10.0.2.2');
      await host.sysmonvmOk('exec', 'b', '--', 'sudo', 'ping', '-c', '1', '-W', '5', host.gateway);
      await host.sysmonvmOk('vm-stop', 'b', '--force');
      const taps = await host.ok('ip', '-o', 'link', 'show', 'master', bridge);
      expect(taps.trim(), 'the tap of the VM went with it').toBe('');
    },
    bootMs,
  );
});

it('/etc/qemu/bridge.conf of this host was not touched', async () => {
  expect(await modified('/etc/qemu/bridge.conf')).toBe(await bridgeConfigBefore);
});
