import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parse } from 'plist';
import { describe, expect, it } from 'vitest';
import { powermetricsReadings } from '../../../src/core/telemetry/powermetrics.ts';
import { plistStream } from '../../../src/core/telemetry/powermetrics-stream.ts';

const text = (name: string) =>
  readFileSync(new URL(`../../fixtures/powermetrics/${name}.plists`, import.meta.url), 'utf8');
const at = 1_700_000_000_000;

function lastSample(name: string) {
  const readings = powermetricsReadings(parse(plistStream().push(text(name)).at(-1) ?? ''), { at });
  const of = (metric: string) => readings.filter((reading) => reading.metric === metric);
  const byCpu = (metric: string) =>
    Object.fromEntries(
      of(metric).flatMap(({ attributes, value }) =>
        'cpu.logical_number' in attributes ? [[attributes['sysmonvm.cpu.label'], value]] : [],
      ),
    );
  const clusters = Object.fromEntries(
    of('system.cpu.frequency').flatMap(({ attributes, value }) =>
      'cpu.logical_number' in attributes ? [] : [[attributes['sysmonvm.cluster'], value]],
    ),
  );
  return { readings, of, byCpu, clusters };
}

describe('a sample of powermetrics', () => {
  it('of an M1: cores by name, clusters, busy share, power in watts, pressure [R-84] [R-131] [R-112]', () => {
    const { byCpu, clusters, of } = lastSample('m1');
    expect(byCpu('system.cpu.frequency')).toEqual({
      ECPU0: 1_043_210_001,
      ECPU1: 1_012_345_678,
      ECPU2: 998_000_000,
      ECPU3: 972_000_000,
      PCPU0: 3_204_000_000,
      PCPU1: 2_064_000_000,
      PCPU2: 600_000_000,
    });
    expect(clusters).toEqual({ ECPU: 1_016_000_000, PCPU: 2_112_000_000 });
    expect(byCpu('sysmonvm.cpu.busy')['ECPU0']).toBeCloseTo(0.3);
    expect(byCpu('sysmonvm.cpu.busy')['PCPU3']).toBe(0);
    expect(of('hw.host.power').map(({ attributes, value }) => [attributes['hw.id'], value])).toEqual([
      ['cpu', 1.2345],
      ['gpu', 0.02125],
      ['ane', 0],
      ['combined', 1.25575],
    ]);
    expect(of('sysmonvm.host.thermal_pressure').map(({ value }) => value)).toEqual([0]);
  });

  it('says of every number where it is from and what time it covers [R-09] [R-67]', () => {
    const { readings } = lastSample('m1');
    expect(new Set(readings.map(({ source, quality }) => `${source.kind} ${quality}`))).toEqual(
      new Set(['host measured']),
    );
    expect(readings.find(({ metric }) => metric === 'sysmonvm.cpu.busy')).toMatchObject({
      at,
      since: at - 1003.456789,
    });
  });

  it('has no frequency of a core that was powered down, and calls its time not busy [R-67]', () => {
    const { byCpu, clusters } = lastSample('m1-pro');
    expect(Object.keys(byCpu('system.cpu.frequency'))).toEqual(['ECPU0', 'ECPU1', 'PCPU0', 'PCPU1', 'PCPU2', 'PCPU3']);
    expect(Object.keys(clusters)).toEqual(['ECPU', 'P0CPU']);
    expect(byCpu('sysmonvm.cpu.busy')).toMatchObject({ PCPU4: 0, PCPU7: 0, PCPU3: 0 });
    expect(byCpu('sysmonvm.cpu.busy')['PCPU2']).toBeCloseTo(0.3);
  });

  it('takes a value below a million for MHz, with the raw number and the release; without a release it is unknown', () => {
    const { of } = lastSample('m1-pro');
    const third = of('system.cpu.frequency').find(({ attributes }) => attributes['cpu.logical_number'] === 4);
    expect(third?.value).toBe(1_398_220_000);
    expect(third?.source.raw).toEqual({
      value: 1398.22,
      unit: 'MHz',
      release: expect.stringMatching(/^Darwin Kernel Version 23\.1\.0/),
    });
    const nameless = { processor: { clusters: [{ name: 'E-Cluster', freq_hz: 972, cpus: [] }] } };
    expect(powermetricsReadings(nameless, { at })).toEqual([]);
  });

  it('of an Ultra: counts the cores of one kind over all clusters [R-131]', () => {
    const { byCpu, clusters, of } = lastSample('m1-ultra');
    const names = Object.keys(byCpu('system.cpu.frequency'));
    expect(names).toHaveLength(20);
    expect(names.filter((name) => name.startsWith('E'))).toEqual(['ECPU0', 'ECPU1', 'ECPU2', 'ECPU3']);
    expect(names.filter((name) => name.startsWith('P')).at(-1)).toBe('PCPU15');
    expect(Object.keys(clusters)).toEqual(['E0CPU', 'P0CPU', 'P1CPU', 'E1CPU', 'P2CPU', 'P3CPU']);
    expect(of('sysmonvm.host.thermal_pressure')[0]?.value).toBe(4);
  });

  it('leaves out what is not what it should be, and never throws', () => {
    expect(powermetricsReadings({ thermal_pressure: 'Tepid', processor: { cpu_power: 'much' } }, { at })).toEqual([]);
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (clusters, pressure) => {
        const plist = { processor: { clusters }, thermal_pressure: pressure, kern_version: 'x' };
        for (const { value } of powermetricsReadings(plist, { at })) expect(Number.isFinite(value)).toBe(true);
        powermetricsReadings(clusters, { at });
      }),
    );
  });
});

describe('the stream of powermetrics', () => {
  it('gives a list at its last byte, however the text is cut', () => {
    const whole = text('m1-ultra');
    fc.assert(
      fc.property(fc.array(fc.nat(whole.length), { maxLength: 12 }), (cuts) => {
        const ends = [...cuts.sort((a, b) => a - b), whole.length];
        const stream = plistStream();
        const lists = ends.flatMap((end, index) => stream.push(whole.slice(ends[index - 1] ?? 0, end)));
        expect(lists).toHaveLength(3);
        for (const list of lists) expect(list.startsWith('<?xml') && list.endsWith('</plist>')).toBe(true);
      }),
    );
    const upToTag = whole.slice(0, whole.indexOf('</plist>') + '</plist>'.length);
    expect(plistStream().push(upToTag)).toHaveLength(1);
  });

  it('passes over what stands before a list, and does not grow without end', () => {
    const stream = plistStream();
    expect(stream.push('half a list</plist>')).toEqual([]);
    expect(stream.push('x'.repeat(5_000_000))).toEqual([]);
    expect(stream.push('warning\n<?xml?><plist></plist>')).toEqual(['<?xml?><plist></plist>']);
  });
});
