import { setImmediate } from 'node:timers/promises';
import { resourceFromAttributes } from '@opentelemetry/resources';
import type { ResourceMetrics } from '@opentelemetry/sdk-metrics';
import { describe, expect, it } from 'vitest';
import type { SendResult } from '../../../src/checker/export/otlp-exporter.ts';
import { startOtlpPush } from '../../../src/checker/export/otlp-push.ts';
import { toResourceMetrics } from '../../../src/checker/export/resource-metrics.ts';
import { moment, sample } from '../../support/checker-readings.ts';

/** A collector whose answers the test decides; the clock stands still until a batch is due. */
function pushTo(answers: SendResult[], { queueSize = 3 } = {}) {
  const taken: number[][] = [];
  const lines: string[] = [];
  let clock = 0;
  let waiting: (() => void) | undefined;
  const exporter = {
    async send(sent: ResourceMetrics): Promise<SendResult> {
      if (answers.length === 0)
        await new Promise<void>((resolve) => {
          waiting = resolve;
        });
      const answer = answers.shift() ?? { outcome: 'sent' };
      if (answer.outcome === 'sent') taken.push(sequencesOf(sent));
      return answer;
    },
    close: async () => {},
  };
  const form = {
    resource: resourceFromAttributes({}),
    version: '1',
    semconv: 'current',
    hostId: '',
    vmId: '',
  } as const;
  const push = startOtlpPush(exporter, {
    intervalMs: 1000,
    queueSize,
    graceMs: 1000,
    pauseMs: { first: 1, most: 2 },
    now: () => clock,
    toMetrics: (readings) => toResourceMetrics(readings, form),
    log: (line) => lines.push(line),
  });
  return {
    taken,
    lines,
    push,
    /** Two samples an interval. */
    addBatch(first: number) {
      push.add(sample(first));
      clock += 1000;
      push.add(sample(first + 1));
    },
    /** The collector, which did not answer, answers. */
    release() {
      const resume = waiting;
      waiting = undefined;
      resume?.();
    },
    async settled(isSo: () => boolean) {
      while (!isSo()) await setImmediate();
    },
  };
}

/** Of the samples that the points of the frequency are from. */
function sequencesOf({ scopeMetrics }: ResourceMetrics): number[] {
  const frequency = scopeMetrics[0]?.metrics.find(({ descriptor }) => descriptor.name === 'system.cpu.frequency');
  return (frequency?.dataPoints ?? []).map(({ endTime: [s, ns] }) => Math.round((s * 1000 + ns / 1e6 - moment) / 250));
}

const sent: SendResult = { outcome: 'sent' };
const again: SendResult = { outcome: 'again', reason: 'ECONNREFUSED' };

describe('OTLP push', () => {
  it('sends every sample once, in order, while the collector comes and goes [R-08, R-138]', async () => {
    const { addBatch, settled, taken, push, lines } = pushTo([sent, again, again, sent, sent], { queueSize: 10 });
    for (const first of [1, 3, 5]) addBatch(first);
    await settled(() => taken.length === 3);
    expect(taken).toEqual([
      [1, 2],
      [3, 4],
      [5, 6],
    ]);
    expect(push.dropped(0).value).toBe(0);
    expect(lines).toEqual(['otlp: cannot send, tries again: ECONNREFUSED', expect.stringContaining('sends again')]);
  });

  it('drops the oldest that waits when there is no room, never what is on its way, and counts [R-138]', async () => {
    const { addBatch, settled, release, taken, push, lines } = pushTo([], { queueSize: 2 });
    for (const first of [1, 3, 5, 7]) addBatch(first);
    expect(push.dropped(moment)).toMatchObject({ value: 4, metric: 'sysmonvm.export.dropped' });
    release();
    await settled(() => taken.length === 1);
    await setImmediate();
    release();
    await settled(() => taken.length === 2);
    expect(taken).toEqual([
      [1, 2],
      [7, 8],
    ]);
    expect(lines.filter((line) => line.includes('no room'))).toHaveLength(1);
  });

  it('what is refused is dropped, because another try would be refused too, and the next is sent', async () => {
    const { addBatch, settled, taken, push, lines } = pushTo([{ outcome: 'refused', reason: 'Bad Request' }, sent]);
    addBatch(1);
    addBatch(3);
    await settled(() => taken.length === 1);
    expect(taken).toEqual([[3, 4]]);
    expect(push.dropped(0).value).toBe(2);
    expect(lines[0]).toContain('Bad Request');
  });

  it('sends what it holds when the service ends', async () => {
    const { push, taken } = pushTo([sent, sent]);
    push.add(sample(1));
    await push.close();
    expect(taken).toEqual([[1]]);
  });

  it('ends although the collector is away, and says what was not sent', async () => {
    const { addBatch, push, taken, lines } = pushTo([again, again, again, again]);
    addBatch(1);
    await push.close();
    expect(taken).toEqual([]);
    expect(lines.at(-1)).toBe('otlp: ended with 2 samples that were not sent');
  });
});
