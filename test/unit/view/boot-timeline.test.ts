import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barOf, bootTimeline } from '../../../src/core/view/boot-timeline.ts';
import { type BootMark, markNames } from '../../../src/core/vm/vm-state.ts';
import { bootMarks, bootStart, markAt } from '../../support/snapshots.ts';

describe('boot timeline', () => {
  it('gives each stage the time since the mark before', () => {
    const timeline = bootTimeline(bootMarks);
    expect(timeline).toMatchObject({ totalMs: 12_400, complete: true });
    expect(timeline?.stages.map((stage) => [stage.name, stage.startMs, stage.endMs])).toEqual([
      ['process-started', 0, 0],
      ['qmp-greeting', 0, 150],
      ['firmware', 150, 900],
      ['kernel', 900, 4000],
      ['init', 4000, 6000],
      ['ssh-banner', 6000, 9000],
      ['ready', 9000, 12_400],
    ]);
  });
  it('is absent without marks, and incomplete when ready was not reached; unknown is not 0', () => {
    expect(bootTimeline([])).toBeUndefined();
    expect(bootTimeline([markAt('kernel', 5)])?.complete).toBe(false);
  });
  it('orders marks by time, at one moment in the order of a boot', () => {
    const timeline = bootTimeline([markAt('ready', 9), markAt('init', 3), markAt('kernel', 3)]);
    expect(timeline?.stages.map((stage) => stage.name)).toEqual(['kernel', 'init', 'ready']);
  });
  it('never draws a bar beyond the line, whatever the marks', () => {
    const mark = fc.record({ name: fc.constantFrom(...markNames), after: fc.integer({ min: 0, max: 10_000_000 }) });
    fc.assert(
      fc.property(
        fc.array(mark, { minLength: 1, maxLength: 20 }),
        fc.integer({ min: 1, max: 80 }),
        (marks, columns) => {
          const made = marks.map(({ name, after }): BootMark => ({ name, at: bootStart + after, source: 'host' }));
          const timeline = bootTimeline(made);
          for (const stage of timeline?.stages ?? []) {
            const bar = barOf(stage, timeline?.totalMs ?? 0, columns);
            expect(bar.width).toBeGreaterThanOrEqual(1);
            expect(bar.offset).toBeGreaterThanOrEqual(0);
            expect(bar.offset + bar.width).toBeLessThanOrEqual(columns);
          }
        },
      ),
    );
  });
});
