import { describe, expect, it } from 'vitest';
import { hostConfigText, listenAddress } from '../../../src/core/host-collector/host-config.ts';
import { failure } from '../../support/failure.ts';

const one = { id: '01HVM', name: 'alpha' };
const two = { id: '01HVN', name: 'beta' };
const made = (request: Partial<Parameters<typeof hostConfigText>[0]>) =>
  JSON.parse(hostConfigText({ os: 'linux', vms: [], path: '/c.json', ...request }));

describe('the configuration of the host collector', () => {
  it.each([
    ['darwin', 'macos-host-monitor'],
    ['linux', 'linux-host-monitor'],
  ] as const)('on %s has the service name %s [R-90]', (os, name) => {
    expect(made({ os }).resource).toEqual({ 'service.name': name });
  });

  it('listens on a loopback port that no VM is forwarded to', () => {
    expect(listenAddress(hostConfigText({ os: 'linux', vms: [], path: '/c.json' }))).toEqual({
      host: '127.0.0.1',
      port: 50111,
    });
  });

  it('carries the id of the one VM as the guest does, of several in a list [R-91] [R-112]', () => {
    expect(made({ vms: [one] })).toMatchObject({ vm: one, hosted_vms: [one] });
    expect(made({ vms: [one, two] }).vm).toBeUndefined();
    const later = JSON.stringify(made({ vms: [one] }));
    expect(made({ vms: [one, two], existing: later })).toMatchObject({ hosted_vms: [one, two] });
    expect(made({ vms: [one, two], existing: later }).vm).toBeUndefined();
  });

  it('keeps what a person wrote; an option wins [R-132]', () => {
    const existing = JSON.stringify({
      listen_addr: '127.0.0.1:6000',
      sample_interval: '1s',
      resource: { 'service.name': 'mine', 'deployment.environment.name': 'staging' },
    });
    expect(made({ existing })).toMatchObject({
      listen_addr: '127.0.0.1:6000',
      sample_interval: '1s',
      resource: { 'service.name': 'mine', 'deployment.environment.name': 'staging' },
    });
    expect(made({ existing, listen: '127.0.0.1:7000' }).listen_addr).toBe('127.0.0.1:7000');
  });

  it('refuses what the checker would refuse, with the place', () => {
    const text = (existing: string) => () => hostConfigText({ os: 'linux', vms: [], path: '/c.json', existing });
    const open = failure(text('{"listen_addr":"0.0.0.0:50111"}'));
    expect([open.code, open.message]).toEqual(['collector.config-invalid', expect.stringContaining('listen_addr')]);
    expect(failure(text('{')).message).toContain('/c.json is not JSON');
    expect(failure(text('{"sample_intervall":"1s"}')).message).toContain('sample_intervall');
  });
});
