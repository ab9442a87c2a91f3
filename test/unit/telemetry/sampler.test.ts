import { describe, expect, it } from 'vitest';
import type { Collector } from '../../../src/checker/sampler/collector.ts';
import { createHistory } from '../../../src/checker/sampler/history.ts';
import { createSampler, type Sampler } from '../../../src/checker/sampler/sampler.ts';
import { metrics } from '../../../src/core/telemetry/metrics.ts';
import type { Reading, Sample } from '../../../src/core/telemetry/reading.ts';

const reading = (metric: string, value: number, attributes: Reading['attributes'] = {}): Reading => ({
  ...{ metric, attributes, value, at: 0 },
  ...{ source: { kind: 'self' }, quality: 'measured' },
});
const busy = (cpu: number, value: number) => reading(metrics.cpuBusy.name, value, { 'cpu.logical_number': cpu });

function collector(name: string, pace: Collector['pace'], collect: Collector['collect']): Collector {
  return { name, pace, collect };
}

const options = { fastMs: 20, slowMs: 60_000, historyMs: 1000 };

/** The first samples, then the sampler stops. */
async function samplesOf(sampler: Sampler, wanted: (sample: Sample) => boolean): Promise<readonly Sample[]> {
  const samples: Sample[] = [];
  const done = new Promise<void>((resolve) => {
    sampler.onSample((sample) => {
      samples.push(sample);
      if (wanted(sample)) resolve();
    });
  });
  await sampler.start();
  await done;
  await sampler.stop();
  return samples;
}

describe('the sampler', () => {
  it('has the readings of slow collectors in the sample of their round, and keeps them as the newest', async () => {
    let rounds = 0;
    const slow = collector('disks', 'slow', async () => {
      rounds += 1;
      await Promise.resolve();
      return [reading('slow', rounds)];
    });
    const sampler = createSampler([collector('cpu', 'fast', () => [busy(0, 0.5)]), slow], options);
    const [first, second] = await samplesOf(sampler, ({ sequence }) => sequence === 2);
    expect(first?.readings.map(({ metric }) => metric)).toEqual([metrics.cpuBusy.name, 'slow']);
    expect(second?.readings.some(({ metric }) => metric === 'slow')).toBe(false);
    expect(sampler.latest()?.readings.filter(({ metric }) => metric === 'slow')).toHaveLength(1);
    expect(rounds).toBe(1);
  });

  it('goes on sampling while a slow collector does not answer, and takes its answer when it comes', async () => {
    let answer: (readings: readonly Reading[]) => void = () => {};
    const hanging = collector('disks', 'slow', () => new Promise((resolve) => (answer = resolve)));
    const sampler = createSampler([collector('cpu', 'fast', () => [busy(0, 0.5)]), hanging], options);
    sampler.onSample(({ sequence }) => {
      if (sequence === 3) answer([reading('late', 1)]);
    });
    const samples = await samplesOf(sampler, ({ readings }) => readings.some(({ metric }) => metric === 'late'));
    expect(samples.length).toBeGreaterThan(3);
    expect(samples.map(({ sequence }) => sequence)).toEqual(samples.map((_, index) => index + 1));
  });

  it('counts what failed, forgets what the broken collector said before, and goes on', async () => {
    let round = 0;
    const broken = collector('memory', 'fast', () => {
      round += 1;
      if (round > 1) throw new Error('torn');
      return [reading('memory', 1)];
    });
    const sampler = createSampler([broken, collector('cpu', 'fast', () => [busy(0, 0.5)])], options);
    const samples = await samplesOf(sampler, ({ sequence }) => sequence === 3);
    expect(sampler.failures()).toEqual(new Map([['memory', 'torn']]));
    expect(sampler.latest()?.readings.some(({ metric }) => metric === 'memory')).toBe(false);
    const failed = samples[2]?.readings.find(
      ({ metric, attributes }) =>
        metric === metrics.collectorFailures.name && attributes['sysmonvm.collector'] === 'memory',
    );
    expect(failed?.value).toBe(1);
  });

  it('reports what each collector costs with the next sample [R-109] [R-110]', async () => {
    const sampler = createSampler([collector('cpu', 'fast', () => [])], options);
    const [first, second] = await samplesOf(sampler, ({ sequence }) => sequence === 2);
    expect(first?.readings).toEqual([]);
    expect(second?.readings.map(({ metric, attributes }) => [metric, attributes['sysmonvm.collector']])).toEqual([
      [metrics.collectorCpu.name, 'cpu'],
      [metrics.collectorDuration.name, 'cpu'],
      [metrics.collectorFailures.name, 'cpu'],
    ]);
  });
});

describe('the history', () => {
  const sample = (sequence: number): Sample => ({
    sequence,
    at: sequence,
    readings: [busy(0, 0.5), reading(metrics.cpuBusy.name, 0.5), reading(metrics.memoryUsage.name, 1)],
  });

  it('keeps what each CPU did, and tells how many samples it has no longer', () => {
    const history = createHistory(3);
    expect(history.since(0)).toEqual({ samples: [], lost: 0 });
    for (let sequence = 1; sequence <= 5; sequence++) history.add(sample(sequence));
    const { samples, lost } = history.since(0);
    expect(samples.map(({ sequence }) => sequence)).toEqual([3, 4, 5]);
    expect(samples[0]?.readings).toEqual([busy(0, 0.5)]);
    expect(lost).toBe(2);
    expect(history.since(4)).toMatchObject({ samples: [{ sequence: 5 }], lost: 0 });
    expect(history.since(5)).toEqual({ samples: [], lost: 0 });
    expect(history.since(9)).toEqual({ samples: [], lost: 0 });
  });
});
