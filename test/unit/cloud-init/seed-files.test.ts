import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { openGuestAgentScript } from '../../../src/core/cloud-init/open-guest-agent-script.ts';
import type { VmPlan } from '../../../src/core/plan/vm-plan.ts';
import { seedFiles } from '../../../src/host/render/seed-files.ts';
import { checkedCloudConfig } from '../../../src/host/store/cloud-config-file.ts';

const choice = <T>(value: T) => ({ value, reason: 'test' });

function plan(guest: Partial<VmPlan['guest']> = {}, rest: Partial<VmPlan> = {}): VmPlan {
  return {
    name: 'box',
    image: choice({ id: 'debian-12', arch: 'x86_64', kind: 'local', level: 'local' }),
    network: choice('user'),
    guest: { hostname: 'srv-1.lab.test', user: 'me', sudo: true, extraAuthorizedKeys: [], timezone: 'UTC', ...guest },
    ...rest,
  } as VmPlan;
}

const identity = {
  instanceId: 'iid-1',
  hostPrivateKey: '-----BEGIN OPENSSH PRIVATE KEY-----\nabc\n-----END OPENSSH PRIVATE KEY-----\n',
  hostPublicKey: 'ssh-ed25519 AAAA host\n',
  authorizedKeys: ['ssh-ed25519 AAAA me'],
  macAddress: '52:54:00:00:00:01',
};

function contents(files: ReturnType<typeof seedFiles>): Record<string, string> {
  return Object.fromEntries(files.map(({ name, content }) => [name, content]));
}

describe('seed files', () => {
  it('hold host name, user, key, sudo and the pinned host key [R-39]', () => {
    const files = contents(seedFiles(plan(), identity));
    expect(Object.keys(files)).toEqual(['meta-data', 'user-data', 'network-config']);
    expect(files['user-data']?.startsWith('#cloud-config\n')).toBe(true);
    expect(parse(files['meta-data'] ?? '')).toEqual({ 'instance-id': 'iid-1', 'local-hostname': 'srv-1' });
    expect(parse(files['user-data'] ?? '', { version: '1.1' })).toEqual({
      hostname: 'srv-1',
      fqdn: 'srv-1.lab.test',
      manage_etc_hosts: true,
      users: [
        {
          name: 'me',
          gecos: 'me of box',
          groups: ['sudo'],
          shell: '/bin/bash',
          sudo: 'ALL=(ALL) NOPASSWD:ALL',
          lock_passwd: true,
          ssh_authorized_keys: ['ssh-ed25519 AAAA me'],
        },
      ],
      ssh_keys: { ed25519_private: identity.hostPrivateKey, ed25519_public: 'ssh-ed25519 AAAA host' },
      ssh_deletekeys: true,
      ssh_genkeytypes: ['ed25519'],
      ssh_pwauth: false,
      disable_root: true,
      package_update: false,
      package_upgrade: false,
      timezone: 'UTC',
      growpart: { mode: 'auto', devices: ['/'] },
    });
    expect(parse(files['network-config'] ?? '')).toMatchObject({
      version: 2,
      ethernets: { eth0: { match: { macaddress: identity.macAddress }, dhcp4: true } },
    });
  });

  it('name wheel on EL images, no group and no rule without sudo, docker only when the user brings it', () => {
    const user = (p: VmPlan, config?: string) => {
      const theirs = config === undefined ? undefined : checkedCloudConfig(`#cloud-config\n${config}`, 'u.yaml');
      return parse(contents(seedFiles(p, identity, theirs))['user-data'] ?? '').users[0];
    };
    const el = plan({}, { image: choice({ id: 'almalinux-9', arch: 'aarch64', kind: 'vendor', level: 'pinned' }) });
    expect(user(el).groups).toEqual(['wheel']);
    expect(user(el, 'packages: [docker-ce]')?.groups).toEqual(['wheel', 'docker']);
    expect(user(plan({ sudo: false }))).not.toHaveProperty('groups');
    expect(user(plan({ sudo: false }))).not.toHaveProperty('sudo');
  });

  it('let the agent of Enterprise Linux run commands, at every boot; no other guest is touched', () => {
    const bootcmd = (id: string) => {
      const image = choice({ id, arch: 'x86_64' as const, kind: 'vendor' as const, level: 'pinned' as const });
      return parse(contents(seedFiles(plan({}, { image }), identity))['user-data'] ?? '').bootcmd;
    };
    const opening = [['sh', '-c', openGuestAgentScript, 'sh', '/etc/sysconfig/qemu-ga', '/etc/qemu-ga/qemu-ga.conf']];
    for (const id of ['almalinux-9', 'rocky-8', 'centos-stream-9', 'oracle-9', 'rhel-9']) {
      expect(bootcmd(id)).toEqual(opening);
    }
    for (const id of ['debian-12', 'ubuntu-24.04', 'fedora-44', 'opensuse-leap-16', 'tiny'])
      expect(bootcmd(id)).toBeUndefined();
    const image = choice({
      id: 'almalinux-9',
      arch: 'x86_64' as const,
      kind: 'vendor' as const,
      level: 'pinned' as const,
    });
    const cloudConfig = '#cloud-config\nbootcmd: [date]\n';
    const data = contents(seedFiles(plan({ cloudConfig }, { image }), identity))['user-data'] ?? '';
    expect(parse(data).bootcmd).toEqual([...opening, 'date']);
  });

  it("merge and check the user's own cloud-config, from the plan as well", () => {
    const cloudConfig = '#cloud-config\nruncmd: [touch /tmp/here]\ntimezone: Europe/Berlin\n';
    const data = contents(seedFiles(plan({ cloudConfig }), identity))['user-data'] ?? '';
    expect(data.startsWith('#cloud-config\n')).toBe(true);
    expect(parse(data)).toMatchObject({ runcmd: ['touch /tmp/here'], timezone: 'Europe/Berlin', ssh_deletekeys: true });
    expect(() => seedFiles(plan({ cloudConfig: 'hostname: x\n' }), identity)).toThrow('#cloud-config');
  });

  it('turn the network off in the guest for network none', () => {
    const files = contents(seedFiles(plan({}, { network: choice('none') }), identity));
    expect(parse(files['network-config'] ?? '')).toEqual({ config: 'disabled' });
  });

  it('survive any host name, user and key text, read as YAML 1.1 and 1.2', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 });
    fc.assert(
      fc.property(text, text, text, text, (hostname, name, user, key) => {
        const guest = { hostname: hostname.replaceAll('.', '-'), user, extraAuthorizedKeys: [key] };
        const data =
          contents(seedFiles(plan(guest, { name }), { ...identity, hostPrivateKey: `${key}\n${name}\n` }))[
            'user-data'
          ] ?? '';
        for (const version of ['1.1', '1.2'] as const) {
          const value = parse(data, { version });
          expect(value.hostname).toBe(guest.hostname);
          expect(value.users[0].name).toBe(user);
          expect(value.users[0].gecos).toBe(`${user} of ${name}`);
          expect(value.users[0].ssh_authorized_keys).toContain(key.trim());
          expect(value.ssh_keys.ed25519_private).toBe(`${key}\n${name}\n`);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('add plain files for tiny, quoted for its shell', () => {
    const tiny = plan(
      { user: `o'n"e $(id) \\` },
      { image: choice({ id: 'tiny', arch: 'x86_64', kind: 'local', level: 'local' }) },
    );
    const files = contents(seedFiles(tiny, identity));
    expect(files['authorized_keys']).toBe('ssh-ed25519 AAAA me\n');
    expect(files['host_key']).toBe(identity.hostPrivateKey);
    const seen = execFileSync('/bin/sh', [
      '-c',
      `${files['sysmonvm.env']}printf '%s|%s|%s' "$HOSTNAME" "$GUEST_USER" "$INSTANCE_ID"`,
    ]);
    expect(seen.toString()).toBe(`srv-1.lab.test|o'n"e $(id) \\|iid-1`);
  });
});
