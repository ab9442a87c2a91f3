import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { HostFacts } from '../../../src/core/host-facts.ts';
import type { VmPlan } from '../../../src/core/plan/vm-plan.ts';
import {
  canonicalInputs,
  differencesInWords,
  differingInputs,
  machineDifferences,
  templateInputs,
} from '../../../src/core/template/inputs.ts';
import { hostFacts, planFor } from '../../support/plan-fixtures.ts';

const digest = (text: string) => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const linux = hostFacts('linux', 'x86_64', 'x86_64', { cpuFlags: 'avx sse2' });
const inputs = (plan: VmPlan, host: HostFacts = linux, renewalDigest = 'r1') =>
  templateInputs(plan, { host, renewalDigest, digest });
const base = { image: 'debian-12', memory: '1G' };
const plan = planFor(base, linux);
const differing = (other: VmPlan, host: HostFacts = linux, renewal?: string) =>
  differingInputs(inputs(plan), inputs(other, host, renewal)).map(({ input }) => input);

describe('what goes into a template', () => {
  it.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ['name', { name: 'other' }],
    ['hostname', { hostname: 'other.example' }],
    ['ssh port', { sshPort: '2300' }],
    ['ports', { port: ['8080:80'] }],
    ['time to live', { ttl: '2h' }],
  ])('%s of a fork is no input', (_, flags) => expect(differing(planFor({ ...base, ...flags }, linux))).toEqual([]));

  it.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ['memoryMib', { memory: '2G' }],
    ['cpus', { cpus: '1' }],
    ['diskGib', { disk: '50G' }],
    ['guest.user', { user: 'other' }],
    ['guest.sudo', { sudo: false }],
    ['image', { image: 'almalinux-9' }],
  ])('%s is one', (input, flags) => expect(differing(planFor({ ...base, ...flags }, linux))).toContain(input));

  it('the user’s cloud-config and keys are, by their digests', () => {
    expect(differing(planFor(base, linux, { cloudConfig: '#cloud-config\npackages: [jq]\n' }))).toEqual([
      'guest.cloudConfig',
    ]);
    expect(differing(planFor(base, linux, { sshPublicKeys: ['ssh-ed25519 AAAA me'] }))).toEqual([
      'guest.extraAuthorizedKeys',
    ]);
    expect(canonicalInputs(inputs(planFor(base, linux, { cloudConfig: 'password: secret' })))).not.toContain('secret');
  });

  it('the host’s processor is one with acceleration, and none under emulation', () => {
    const other = { ...linux, cpuFlags: 'avx avx2 sse2' };
    expect(differing(plan, other)).toEqual(['host.cpuFlags']);
    const emulated = planFor({ ...base, accel: 'tcg' }, linux);
    expect(differingInputs(inputs(emulated), inputs(emulated, other))).toEqual([]);
  });

  it('the release of macOS is one: its hypervisor saves what only it can load', () => {
    const mac = hostFacts('darwin', 'aarch64');
    const macPlan = planFor(base, mac);
    const changed = differingInputs(inputs(macPlan, mac), inputs(macPlan, { ...mac, release: '25.0.0' }));
    expect(machineDifferences(inputs(macPlan, mac), inputs(macPlan, { ...mac, release: '25.0.0' }))).toEqual(changed);
    expect(changed.map(({ input }) => input)).toEqual(['host.release']);
  });

  it('another device, or another order of them, is another machine', () => {
    const without = { ...plan, network: { value: 'none' as const, reason: '' } };
    expect(machineDifferences(inputs(plan), inputs(without)).map(({ input }) => input)).toEqual(['devices']);
  });

  it('our renewal program counts for the key, not for what may be restored', () => {
    expect(differing(plan, linux, 'r2')).toEqual(['renewal']);
    expect(machineDifferences(inputs(plan), inputs(plan, linux, 'r2'))).toEqual([]);
  });
});

describe('the key and the words', () => {
  it('does not depend on the order of inputs', () => {
    const reversed = Object.fromEntries(Object.entries(inputs(plan)).reverse());
    expect(canonicalInputs(reversed)).toBe(canonicalInputs(inputs(plan)));
  });

  it('names what differs, digests shortened', () => {
    const other = {
      ...planFor({ ...base, memory: '2G' }, linux),
      qemu: { ...plan.qemu, digest: `sha256:${'9'.repeat(64)}` },
    };
    expect(differencesInWords(differingInputs(inputs(plan), inputs(other)))).toBe(
      'memoryMib (1024 → 2048), qemu.digest (sha256:11111111… → sha256:99999999…)',
    );
  });
});
