import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../src/core/config/resolve-config.ts';
import type { HostFacts } from '../../../src/core/host-facts.ts';
import { machineOfPlan } from '../../../src/core/measure/fingerprint-of.ts';
import { compareFingerprints } from '../../../src/core/measure/judging/compare-fingerprints.ts';
import { diffPlans } from '../../../src/core/plan/diff-plans.ts';
import { explainPlan } from '../../../src/core/plan/explain-plan.ts';
import { machineArguments } from '../../../src/core/qemu/machine.ts';
import { fingerprint } from '../../support/measured-results.ts';
import { hostFacts, planFor } from '../../support/plan-fixtures.ts';

const qemu = (version: string): Pick<HostFacts, 'qemu'> => ({
  qemu: { path: '/usr/bin/qemu-system-x86_64', version, digest: `sha256:${'4'.repeat(64)}` },
});
const linux = hostFacts('linux', 'x86_64');
const mac = hostFacts('darwin', 'aarch64');
const reproducible = { image: 'almalinux-9', reproducible: true };

describe('a reproducible machine', () => {
  it('is the same on hosts with other CPUs and other versions of QEMU', () => {
    const plan = planFor(reproducible, linux);
    const other = planFor(reproducible, { ...linux, cpuModel: 'Intel Xeon', ...qemu('7.2.22') });
    expect([plan.machine.value, plan.cpuModel.value]).toEqual(['pc-q35-7.2', 'Nehalem-v1']);
    expect(plan.macAddress?.value).toMatch(/^52:54:00(:[0-9a-f]{2}){3}$/);
    expect(diffPlans(plan, other).map(({ field }) => field)).toEqual(['qemu']);
    expect(planFor(reproducible, linux)).toEqual(plan);
    expect(machineArguments(plan)).toEqual(expect.arrayContaining(['pc-q35-7.2', 'Nehalem-v1', 'base=utc']));
    expect(machineOfPlan(plan)).toMatchObject({
      machineType: 'pc-q35-7.2',
      cpuModel: 'Nehalem-v1',
      reproducible: true,
    });
  });

  it('of an older QEMU is the newest that it has', () => {
    expect(planFor(reproducible, { ...linux, ...qemu('6.2.0') }).machine.value).toBe('pc-q35-6.2');
  });

  it('emulated for aarch64 has a model; under acceleration there is only the host’s, and that is told', () => {
    const emulated = planFor({ ...reproducible, arch: 'aarch64' }, hostFacts('linux', 'x86_64', 'aarch64'));
    expect([emulated.machine.value, emulated.cpuModel.value]).toEqual(['virt-7.2', 'cortex-a72']);
    const accelerated = planFor(reproducible, mac);
    expect(accelerated.cpuModel.value).toBe('host');
    expect(accelerated.warnings.join()).toContain('Reproducible on hosts with this CPU only');
  });

  it('gives way to what is named, and says why each is as it is', () => {
    const flags = { ...reproducible, cpuModel: 'Haswell-v4', machineType: 'pc-q35-7.0', mac: '52:54:00:AB:cd:01' };
    const config = resolveConfig({ env: {}, flags });
    const plan = planFor(flags, linux);
    expect([plan.machine.value, plan.cpuModel.value, plan.macAddress?.value]).toEqual([
      ...['pc-q35-7.0', 'Haswell-v4', '52:54:00:ab:cd:01'],
    ]);
    const rows = new Map(explainPlan(plan, config).map(({ what, value, reason }) => [what, `${value}: ${reason}`]));
    expect(rows.get('machine')).toBe('pc-q35-7.0: asked for with --machine-type');
    expect(rows.get('MAC address')).toBe('52:54:00:ab:cd:01: asked for with --mac');
    expect(rows.get('clock')).toContain('not fixed');
  });

  it('is refused on a bridged network, which may have an address once', () => {
    expect(() => planFor({ ...reproducible, network: 'bridged' }, linux)).toThrow(/give the VM its own with --mac/);
    expect(planFor({ ...reproducible, network: 'bridged', mac: '52:54:00:00:00:01' }, linux).bridge).toBe('br0');
    expect(planFor({ ...reproducible, network: 'none' }, linux).macAddress).toBeUndefined();
  });

  it('is not what a plan is otherwise', () => {
    const plan = planFor({ image: 'almalinux-9' }, linux);
    expect([plan.machine.value, plan.cpuModel.value, plan.macAddress, plan.pinnedCpus]).toEqual([
      ...['q35', 'host', undefined, undefined],
    ]);
    expect(machineOfPlan(plan)).not.toHaveProperty('reproducible');
  });
});

describe('settings that it consists of', () => {
  it.each([
    [{ machineType: 'pc-q35-99.1' }, 'QEMU 9.2.0 has none newer than pc-q35-9.2'],
    [{ machineType: 'pc' }, 'x86_64 guests have q35 or a numbered pc-q35-9.2'],
    [{ machineType: 'virt-7.2' }, 'x86_64 guests have q35'],
    [{ machineType: 'q35 -evil' }, 'is not a machine type'],
    [{ mac: '02:00:00:00:00:01' }, "is not an address in QEMU's range"],
    [{ cpusPin: '0,8' }, 'this host has the CPUs 0 to 7, not 8'],
    [{ cpusPin: '3-1' }, 'is not a list of CPUs; write for example 2,3 or 4-7'],
    [{ cpusPin: '' }, 'is not a list of CPUs'],
  ])('%j is refused: %s', (flags, words) => {
    expect(() => planFor({ image: 'almalinux-9', ...flags }, linux)).toThrow(words);
  });

  it('CPUs to stay on are a list or ranges; on a Mac there is no such thing', () => {
    expect(planFor({ cpusPin: '4-6,1,5' }, linux).pinnedCpus?.value).toEqual([1, 4, 5, 6]);
    expect(() => planFor({ cpusPin: '1' }, mac)).toThrow(/works on Linux only/);
  });

  it('CPUs that differ keep two results from being judged, unless accepted', () => {
    const machine = { ...machineOfPlan(planFor({ image: 'almalinux-9' }, linux)) };
    const [before, now] = [
      { ...fingerprint, machine },
      { ...fingerprint, machine: { ...machine, pinnedCpus: [2, 3] } },
    ];
    expect(compareFingerprints(before, now, []).incomparable).toEqual([
      'CPUs that QEMU was kept on: any in the baseline, 2, 3 now',
    ]);
    expect(compareFingerprints(before, now, ['pinning']).incomparable).toEqual([]);
  });
});
