import { describe, expect, it } from 'vitest';
import { readIdentity } from '../../../src/checker/host-identity.ts';

type Interfaces = Parameters<typeof readIdentity>[2];

const texts = (files: Readonly<Record<string, string>>) => ({
  read: (path: string) => files[path],
});
const at = (address: string, family: 'IPv4' | 'IPv6' = 'IPv4', internal = false) =>
  ({ address, family, internal, netmask: '', mac: '', cidr: null }) as const;
const interfaces = {
  lo: [at('127.0.0.1', 'IPv4', true)],
  docker0: [at('172.17.0.1')],
  eth0: [at('fe80::1', 'IPv6'), at('10.0.2.15')],
} as unknown as NonNullable<Interfaces>;
const header = 'Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n';
const route = (name: string, destination: string, metric: number, mask = '00000000') =>
  `${name}\t${destination}\t0202000A\t0003\t0\t0\t${metric}\t${mask}\t0\t0\t0\n`;

describe('who this machine is', () => {
  it('the id is the machine-id, or that of D-Bus, never a hostname [R-78]', () => {
    const id = '0123456789abcdef0123456789abcdef';
    expect(readIdentity(texts({ '/etc/machine-id': `${id}\n` }), '').hostId).toBe(id);
    const second = { '/etc/machine-id': 'uninitialized\n', '/var/lib/dbus/machine-id': id };
    expect(readIdentity(texts(second), '').hostId).toBe(id);
    expect(readIdentity(texts({ '/etc/machine-id': '' }), '').hostId).toBe('');
  });

  it('the address is that of the interface with the default route, the least metric first [R-128]', () => {
    const table = `${header}${route('docker0', '000011AC', 0, '0000FFFF')}${route('wlan0', '00000000', 600)}${route('eth0', '00000000', 100)}`;
    const identity = readIdentity(texts({ '/proc/net/route': table }), 'agent', interfaces);
    expect(identity).toMatchObject({ hostIp: '10.0.2.15', agentId: 'agent' });
  });

  it('without a default route some address, without any none', () => {
    expect(readIdentity(texts({}), '', interfaces).hostIp).toBe('172.17.0.1');
    expect(readIdentity(texts({}), '', {}).hostIp).toBe('');
  });
});
