import { DataPointType } from '@opentelemetry/sdk-metrics';
import { describe, expect, it } from 'vitest';
import { toBatch } from '../../../src/checker/export/batch.ts';
import { checkerResource } from '../../../src/checker/export/resource.ts';
import { type MetricsForm, toResourceMetrics } from '../../../src/checker/export/resource-metrics.ts';
import { checkConfig } from '../../../src/core/checker/config.ts';
import { metrics } from '../../../src/core/telemetry/metrics.ts';
import type { Reading } from '../../../src/core/telemetry/reading.ts';
import { cpu, moment, reading, sample, twoCpus } from '../../support/checker-readings.ts';

const identity = { hostId: 'machine', hostname: 'guest', hostIp: '192.0.2.1', agentId: 'a' };
const vm = { id: 'vm-1', name: 'demo' };

function formOf(semconv: MetricsForm['semconv'] = 'current'): MetricsForm {
  const resource = checkerResource({ resource: {}, vm }, identity, '1.2.3');
  return { resource, version: '1.2.3', semconv, hostId: identity.hostId, vmId: vm.id };
}

const madeOf = (readings: readonly Reading[], form = formOf()) => toResourceMetrics(readings, form).scopeMetrics[0];
const attributesOf = (one: Reading, semconv: MetricsForm['semconv']) =>
  madeOf([one], formOf(semconv))?.metrics[0]?.dataPoints[0]?.attributes;

describe('resource', () => {
  it('names service, machine and VM [R-78, R-80]', () => {
    const { attributes, schemaUrl } = formOf().resource;
    expect(attributes).toMatchObject({
      'service.name': 'sysmon-vm',
      'service.version': '1.2.3',
      'host.id': 'machine',
      'host.name': 'guest',
      'os.type': process.platform,
      'sysmonvm.vm.id': 'vm-1',
      'sysmonvm.vm.name': 'demo',
    });
    expect(attributes['host.arch']).toMatch(/^(amd64|arm64)$/);
    expect(schemaUrl).toBe('https://opentelemetry.io/schemas/1.44.0');
  });

  it('the configuration has the last word, and what is not known is absent [R-80]', () => {
    const { config } = checkConfig({ resource: { 'service.name': 'mine', 'deployment.environment.name': 'ci', n: 3 } });
    if (config === undefined) throw new Error('no configuration');
    const { attributes } = checkerResource(config, { ...identity, hostId: '' }, '1');
    expect(attributes).toMatchObject({ 'service.name': 'mine', 'deployment.environment.name': 'ci', n: 3 });
    expect(Object.keys(attributes)).not.toEqual(expect.arrayContaining(['host.id']));
    expect(Object.keys(attributes).filter((key) => key.startsWith('sysmonvm.'))).toEqual([]);
  });
});

describe('readings in the data model of OpenTelemetry', () => {
  it('system.cpu.frequency is a gauge of whole Hz per logical CPU, with source and quality [R-13, R-76, R-09]', () => {
    const source = { kind: 'sysfs', file: '/sys/x' } as const;
    const made = madeOf([reading('cpuFrequency', 1_500_000_000.4, cpu(3), { source, quality: 'requested' })]);
    expect(made?.scope).toEqual({
      name: 'sysmonvm',
      version: '1.2.3',
      schemaUrl: 'https://opentelemetry.io/schemas/1.44.0',
    });
    expect(made?.metrics[0]).toMatchObject({
      descriptor: { name: 'system.cpu.frequency', unit: 'Hz', valueType: 0 },
      dataPointType: DataPointType.GAUGE,
      dataPoints: [
        {
          value: 1_500_000_000,
          startTime: [0, 0],
          endTime: [1_760_303_802, 123_000_000],
          attributes: { 'cpu.logical_number': 3, 'sysmonvm.source': 'sysfs', 'sysmonvm.quality': 'requested' },
        },
      ],
    });
  });

  it('a counter is a monotonic sum since the time it began to count, an updowncounter is none', () => {
    const made = madeOf([
      reading('cpuTime', 1.5, { ...cpu(0), 'cpu.mode': 'user' }, { since: moment - 60_000 }),
      reading('memoryLimit', 2048),
    ]);
    expect(made?.metrics).toMatchObject([
      {
        dataPointType: DataPointType.SUM,
        isMonotonic: true,
        dataPoints: [{ value: 1.5, startTime: [1_760_303_742, 123_000_000] }],
      },
      { dataPointType: DataPointType.SUM, isMonotonic: false, dataPoints: [{ startTime: [0, 0] }] },
    ]);
  });

  it('points of one metric are together, a number that is none has no point, an unknown metric is left out', () => {
    const made = madeOf([
      ...twoCpus(),
      reading('cpuBusy', Number.NaN, cpu(9)),
      reading('load1', Number.POSITIVE_INFINITY),
      { ...reading('load1', 1), metric: 'not.in.the.table' },
    ]);
    expect(made?.metrics.map(({ descriptor, dataPoints }) => [descriptor.name, dataPoints.length])).toEqual([
      ['system.cpu.time', 2],
      ['sysmonvm.cpu.busy', 3],
      ['system.cpu.frequency', 1],
    ]);
  });

  it('every metric of the table has a name, a unit and one instrument [R-81]', () => {
    const all = Object.keys(metrics) as (keyof typeof metrics)[];
    expect(madeOf(all.map((key) => reading(key, 1)))?.metrics).toHaveLength(all.length);
    expect(new Set(Object.values(metrics).map(({ name }) => name)).size).toBe(all.length);
  });

  it('semconv legacy has cpu="cpu0", host_id and vm_id; both has the present names as well [R-77, R-78]', () => {
    const one = reading('cpuBusy', 1, cpu(0));
    const worth = { 'sysmonvm.source': 'procfs', 'sysmonvm.quality': 'measured' };
    expect(attributesOf(one, 'current')).toEqual({ ...cpu(0), ...worth });
    expect(attributesOf(one, 'legacy')).toEqual({ cpu: 'cpu0', host_id: 'machine', vm_id: 'vm-1', ...worth });
    expect(attributesOf(one, 'both')).toEqual({ ...cpu(0), cpu: 'cpu0', host_id: 'machine', vm_id: 'vm-1', ...worth });
    expect(attributesOf(reading('load1', 1), 'legacy')).toEqual({ host_id: 'machine', vm_id: 'vm-1', ...worth });
  });
});

describe('batch', () => {
  it('has frequency and busy share of every sample, and the newest round of everything else', () => {
    const slow = [reading('diskQueue', 1, { 'system.device': 'vda' }, { at: moment + 250 })];
    const samples = [sample(1), sample(2), sample(3)];
    const first = { ...sample(1), readings: [...sample(1).readings, ...slow] };
    const { readings, samples: count } = toBatch([first, ...samples.slice(1)]);
    const ofMetric = (key: keyof typeof metrics) => readings.filter(({ metric }) => metric === metrics[key].name);
    expect(count).toBe(3);
    expect(ofMetric('cpuFrequency').map(({ at }) => at - moment)).toEqual([250, 500, 750]);
    expect(ofMetric('cpuBusy')).toHaveLength(9);
    expect(ofMetric('cpuTime').map(({ at }) => at - moment)).toEqual([750, 750]);
    expect(ofMetric('diskQueue')).toEqual(slow);
  });

  it('no reading of one batch is in the next', () => {
    const one = toBatch([sample(1), sample(2)]).readings;
    const two = toBatch([sample(3), sample(4)]).readings;
    expect(one.filter((entry) => two.some(({ metric, at }) => metric === entry.metric && at === entry.at))).toEqual([]);
  });
});
