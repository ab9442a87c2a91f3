import { describe, expect, it } from 'vitest';
import { resolveConfig } from '../../../src/core/config/resolve-config.ts';
import { changePlan } from '../../../src/core/plan/change-plan.ts';
import { diffPlans, overallNeeds } from '../../../src/core/plan/diff-plans.ts';
import { explainPlan } from '../../../src/core/plan/explain-plan.ts';
import type { VmPlan } from '../../../src/core/plan/vm-plan.ts';
import { hostFacts, planFor } from '../../support/plan-fixtures.ts';

const host = hostFacts('linux', 'x86_64');
const plan = planFor({}, host);
const needs = (to: VmPlan) => diffPlans(plan, to).map((one) => [one.field, one.needs]);

describe('diffPlans', () => {
  it('finds nothing between plans of an unchanged VM, whatever the reasons, the order of keys or the state file', () => {
    const reasons: VmPlan = { ...plan, cpus: { reason: 'another', value: plan.cpus.value }, warnings: ['x'] };
    expect(diffPlans(plan, reasons)).toEqual([]);
    expect(diffPlans(plan, JSON.parse(JSON.stringify(plan)) as VmPlan)).toEqual([]);
    const ports = ['1:1', '2:2'];
    expect(diffPlans(planFor({ port: ports }, host), planFor({ port: ports.toReversed() }, host))).toEqual([]);
  });

  it.each([
    ['--cpus', { cpus: '2' }, [['cpus', 'restart']]],
    ['--memory', { memory: '2G' }, [['memoryMib', 'restart']]],
    ['a larger disk', { disk: '50G' }, [['diskGib', 'restart']]],
    ['a smaller disk', { disk: '30G' }, [['diskGib', 'recreate']]],
    ['--port', { port: ['8080:80'] }, [['ports', 'live']]],
    ['--ssh-port', { sshPort: '2300' }, [['ports.ssh', 'restart']]],
    ['--user', { user: 'alma' }, [['guest.user', 'recreate']]],
    ['--ttl', { ttl: '1h' }, [['ttlMs', 'nothing']]],
    [
      'another image',
      { image: 'debian-12-genericcloud' },
      [
        ['image', 'recreate'],
        ['image.digest', 'recreate'],
      ],
    ],
    [
      'emulation',
      { accel: 'tcg' },
      [
        ['accelerator', 'restart'],
        ['cpuModel', 'restart'],
        ['readyTimeoutMs', 'nothing'],
      ],
    ],
  ])('says what a change needs: %s', (_what, flags, expected) => {
    expect(needs(planFor(flags, host))).toEqual(expected);
  });

  it('does not interrupt a guest for a newer QEMU, nor for the digest of an image that was not built before', () => {
    expect(needs({ ...plan, qemu: { ...plan.qemu, version: '10.0.0', digest: 'sha256:9' } })).toEqual([
      ['qemu', 'nothing'],
    ]);
    const unbuilt = planFor({ image: 'debian-12' }, host);
    const built = planFor({ image: 'debian-12' }, host, { cachedImage: { digest: 'sha256:1', virtualSizeBytes: 1 } });
    expect(overallNeeds(diffPlans(unbuilt, built))).toBe('nothing');
  });

  it('names the most expensive need, and the values', () => {
    const differences = diffPlans(plan, changePlan(plan, { cpus: 2, diskGib: 60 }));
    expect(differences).toEqual([
      { field: 'cpus', from: 4, to: 2, needs: 'restart' },
      { field: 'diskGib', from: 40, to: 60, needs: 'restart' },
    ]);
    expect(overallNeeds(differences)).toBe('restart');
    expect(overallNeeds([])).toBe('nothing');
  });
});

describe('explainPlan', () => {
  it('has a reason for every row and names where a value came from', () => {
    const config = resolveConfig({ env: { SYSMONVM_USER: 'me' }, flags: { cpus: '2', port: ['8080:80'] } });
    const rows = explainPlan(planFor({ cpus: '2', port: ['8080:80'] }, host, { env: { SYSMONVM_USER: 'me' } }), config);
    for (const { what, value, reason } of rows) expect([what, value !== '', reason !== '']).toEqual([what, true, true]);
    expect(rows).toContainEqual({ what: 'CPUs', value: '2', reason: 'asked for with --cpus' });
    expect(rows).toContainEqual({ what: 'user', value: 'me', reason: 'variable SYSMONVM_USER' });
    expect(rows).toContainEqual({
      what: 'port',
      value: '127.0.0.1:8080 → 80 (fixed)',
      reason: 'asked for with --port',
    });
    expect(rows).toContainEqual({
      what: 'accelerator',
      value: 'kvm',
      reason: 'works here: guest code answered in 40 ms',
    });
  });
});
