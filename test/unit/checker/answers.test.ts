import { describe, expect, it } from 'vitest';
import { createAnswers } from '../../../src/checker/export/answers.ts';
import { sequenceNumber, sequenceText } from '../../../src/core/checker/sequence.ts';
import { cpu, reading, sample } from '../../support/checker-readings.ts';
import { manualSampler } from '../../support/manual-sampler.ts';

const identity = { hostId: 'h', hostname: 'guest', hostIp: '192.0.2.1', agentId: 'a' };

const parsed = ({ body }: { readonly body: Buffer }) => JSON.parse(body.toString());
const times = (answer: { readonly body: Buffer }): string[] =>
  parsed(answer).sysmonvm.samples.map(({ timestamp }: { readonly timestamp: string }) => timestamp);

describe('answers of the checker', () => {
  it('the first round alone is a failure that says so, the second is an answer [R-126]', () => {
    const sampler = manualSampler();
    const answers = createAnswers(sampler, identity, 'run');
    expect(parsed(answers.status())).toMatchObject({ available: false, error: 'no sample is complete yet' });
    sampler.take();
    expect([answers.isServing(), answers.status().available]).toEqual([false, false]);
    sampler.take();
    expect(answers.isServing()).toBe(true);
    expect(Object.keys(parsed(answers.status()))).toEqual(['available', 'response_time', 'status', 'sysmonvm']);
    expect(parsed(answers.status()).response_time).toBeGreaterThan(0);
  });

  it('polls get every sample once, in order [R-127, R-138]', () => {
    const sampler = manualSampler();
    const answers = createAnswers(sampler, identity, 'run');
    sampler.take(5);
    const first = answers.results('', 'page');
    sampler.take(3);
    const second = answers.results(first.sequence, 'page');
    expect(first).toMatchObject({ sequence: 'run-5', hasNewData: true });
    expect(second).toMatchObject({ sequence: 'run-8', hasNewData: true });
    expect([...times(first), ...times(second)]).toEqual(
      Array.from({ length: 8 }, (_, index) => new Date(sample(index + 1).at).toISOString()),
    );
    const third = answers.results(second.sequence, 'page');
    expect(third).toMatchObject({ available: true, sequence: 'run-8', hasNewData: false });
    expect(times(third)).toEqual([]);
  });

  it('counts what was too old to be kept, but not for the first poll [R-138]', () => {
    const sampler = manualSampler(4);
    const answers = createAnswers(sampler, identity, 'run');
    sampler.take(10);
    expect(parsed(answers.results('', 'page')).sysmonvm.lost).toBe(0);
    expect(parsed(answers.results('run-3', 'page')).sysmonvm.lost).toBe(3);
    expect(parsed(answers.results('run-6', 'page')).sysmonvm.lost).toBe(0);
  });

  it('a sequence of another run, or of no run, gets everything [R-127]', () => {
    const sampler = manualSampler();
    sampler.take(3);
    const answers = createAnswers(sampler, identity, 'new');
    for (const text of ['old-2', 'nonsense', 'new-', 'new-2x', 'new--1'])
      expect(times(answers.results(text, 'page')), text).toHaveLength(3);
    expect(answers.results('new-99', 'page')).toMatchObject({ hasNewData: false, sequence: 'new-3' });
  });

  it('while the cpu collector fails the sequence stands still, and nothing is lost afterwards [R-138]', () => {
    const sampler = manualSampler();
    const answers = createAnswers(sampler, identity, 'run');
    sampler.take(2);
    const { sequence } = answers.results('', 'page');
    sampler.fail('cpu', '/proc/stat is empty');
    sampler.take(2);
    const failed = answers.results(sequence, 'page');
    expect(failed).toMatchObject({ available: false, hasNewData: false, sequence });
    expect(parsed(failed).error).toBe('failed to collect cpu: /proc/stat is empty');
    sampler.heal('cpu');
    expect(times(answers.results(failed.sequence, 'page'))).toHaveLength(2);
  });

  it('another collector that fails leaves the service serving', () => {
    const sampler = manualSampler();
    sampler.take(2);
    sampler.fail('disks', 'x');
    expect(createAnswers(sampler, identity, 'run').isServing()).toBe(true);
  });

  it('more than a message holds comes in several polls, whole in a stream [R-138]', () => {
    const sampler = manualSampler(2000);
    const cpus = Array.from({ length: 64 }, (_, index) => index);
    sampler.take(1200, (sequence) =>
      sample(
        sequence,
        cpus.flatMap((index) => [
          reading('cpuBusy', 0.123456, cpu(index)),
          reading('cpuFrequency', 1_234_567_890, cpu(index)),
        ]),
      ),
    );
    const answers = createAnswers(sampler, identity, 'run');
    const pages: number[] = [];
    for (let text = ''; ; ) {
      const page = answers.results(text, 'page');
      if (!page.hasNewData) break;
      expect(page.body.length).toBeLessThan(4 * 1024 * 1024);
      pages.push(times(page).length);
      text = page.sequence;
    }
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.reduce((sum, count) => sum + count, 0)).toBe(1200);
    expect(times(answers.results('', 'all'))).toHaveLength(1200);
  });
});

describe('sequence text', () => {
  it('is read back in its own run only', () => {
    expect(sequenceNumber(sequenceText('a-b', 12), 'a-b')).toBe(12);
    expect(sequenceNumber(sequenceText('a', 12), 'b')).toBe(0);
  });
});
