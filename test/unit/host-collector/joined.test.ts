import { readFileSync } from 'node:fs';
import { parse } from 'plist';
import { describe, expect, it } from 'vitest';
import { hostedVmsCollector } from '../../../src/checker/sources/hosted-vms.ts';
import { macMemoryCollector } from '../../../src/checker/sources/mac-collectors.ts';
import { toPayload } from '../../../src/core/checker/payload.ts';
import { powermetricsReadings } from '../../../src/core/telemetry/powermetrics.ts';
import { plistStream } from '../../../src/core/telemetry/powermetrics-stream.ts';

const text = readFileSync(new URL('../../fixtures/powermetrics/m1.plists', import.meta.url), 'utf8');
const at = 1_700_000_000_000;

describe('a Mac in the payload of the sysmon service', () => {
  it('has its cores and clusters by name, and no frequency of a core that was down [R-131] [R-67]', () => {
    const readings = powermetricsReadings(parse(plistStream().push(text).at(-1) ?? ''), { at });
    const identity = { hostId: 'uuid', hostname: 'mac', hostIp: '', agentId: '' };
    const { status } = toPayload({ identity, latest: { readings, at }, sequence: 's', samples: [], lost: 0 });
    expect(status.clusters?.map(({ name, frequency_hz }) => [name, frequency_hz])).toEqual([
      ['ECPU', 1_016_000_000],
      ['PCPU', 2_112_000_000],
    ]);
    expect(status.cpus[4]).toMatchObject({ label: 'PCPU0', cluster: 'PCPU', frequency_hz: 3_204_000_000 });
    expect(status.cpus[7]).toMatchObject({ label: 'PCPU3', usage_percent: 0 });
    expect(status.cpus[7]).not.toHaveProperty('frequency_hz');
  });
});

describe('the VMs of a host', () => {
  it('are each a 1 with the attributes that the guest has in its resource [R-91] [R-112]', async () => {
    const collector = hostedVmsCollector([{ id: '01A', name: 'alpha' }]);
    expect(await collector.collect(at)).toEqual([
      {
        metric: 'sysmonvm.host.vm',
        attributes: { 'sysmonvm.vm.id': '01A', 'sysmonvm.vm.name': 'alpha' },
        value: 1,
        at,
        source: { kind: 'self', file: 'hosted_vms' },
        quality: 'nominal',
      },
    ]);
  });
});

describe('the memory collector of a Mac', () => {
  it('asks vm_stat and sysctl, and has the load where these say nothing [R-14]', async () => {
    const asked: string[] = [];
    const collector = macMemoryCollector(async (tool, args) => {
      asked.push([tool, ...args].join(' '));
      return '';
    });
    const names = (await collector.collect(at)).map(({ metric }) => metric);
    expect(asked).toEqual(['/usr/bin/vm_stat', '/usr/sbin/sysctl -n hw.memsize', '/usr/sbin/sysctl -n vm.swapusage']);
    expect(names).toContain('system.linux.cpu.load_1m');
    expect(names).not.toContain('system.memory.usage');
  });
});
