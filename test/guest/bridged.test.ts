import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BridgedHost } from '../host/network/bridged-host.ts';
import { until, Workbench } from '../support/workbench.ts';

// Namespaces, a bridge and taps are made, so only root can run this.
const root = process.getuid?.() === 0;
const bridge = 'br0';
const bridged = ['--network', 'bridged', '--bridge', bridge];
const onTheBridge = /inet (192\.0\.2\.1\d\d)\//;

let bench: Workbench;
let host: BridgedHost;

beforeAll(async () => {
  if (!root) return;
  bench = await Workbench.make();
  host = await BridgedHost.make(bench);
  await host.addBridge(bridge);
  await host.allow(bridge);
  await host.serveAddresses(bridge);
});
afterAll(async () => {
  await host?.dispose();
  await bench?.dispose();
});

describe.skipIf(!root)('on a real bridge with a DHCP server (root only)', () => {
  it('debian-12: cloud-init configures both cards from our network-config [R-37] [R-40]', async () => {
    await bench.ok(['fetch-image', '--image', 'debian-12']);
    await bench.ok(['vm-create', 'b', '--image', 'debian-12', '--memory', '1G', '--cpus', '2', ...bridged]);
    await host.sysmonvmOk('vm-start', 'b', '--timeout', '10m');
    let address = '';
    await until('an address on the bridge', async () => {
      const cards = await host.sysmonvmOk('exec', 'b', '--', 'ip', '-4', 'address', 'show', 'dev', 'eth1');
      address = onTheBridge.exec(cards)?.[1] ?? '';
      return address !== '';
    });
    await host.ok('busybox', 'ping', '-c', '2', '-W', '5', address);
    const routes = await host.sysmonvmOk('exec', 'b', '--', 'ip', 'route');
    expect(routes).toMatch(new RegExp(`default via ${host.gateway} dev eth1`));
    expect(routes).not.toContain('default via 10.0.2.2');
    await bench.ok(['vm-destroy', 'b', '--yes', '--force']);
    await until('nothing is left', async () => (await bench.leftovers()).length === 0);
  });
});
