import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawnLanes, laneOfMarkers } from '../../../../src/core/measure/report/boot-lanes.ts';
import { niceTicks, textWidth } from '../../../../src/core/measure/report/drawing.ts';
import { type BootSpan, waterfallFile } from '../../../../src/core/measure/report/waterfall-svg.ts';
import { elements, parseXml } from '../../../support/strict-xml.ts';

const span = fc
  .record({ name: fc.string({ unit: 'binary', maxLength: 80 }), startMs: fc.nat(600_000), lengthMs: fc.nat(600_000) })
  .map(({ name, startMs, lengthMs }): BootSpan => ({ name, startMs, endMs: startMs + lengthMs }));

/** The boxes of one row: its bar, and the texts left of it and beside it. */
function boxes(row: string) {
  const bar = /<rect class="wf-bar" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"/.exec(row);
  const [x, width] = [Number(bar?.[1]), Number(bar?.[2])];
  const time = /<text class="wf-text (wf-\w+)" x="([\d.]+)" y="[\d.]+" text-anchor="(\w+)">([^<]*)</.exec(row);
  const [, kind = '', at = '', anchor = '', text = ''] = time ?? [];
  const start = anchor === 'end' ? Number(at) - textWidth(text) : Number(at);
  return { bar: [x, x + width] as const, time: [start, start + textWidth(text)] as const, inside: kind === 'wf-in' };
}

describe('the drawn waterfall', () => {
  it('is well-formed and no text lies on a bar or outside of the picture, however narrow the bar is [M-11]', () => {
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 12 }), (spans) => {
        const svg = waterfallFile('a boot', [{ title: 'console', source: 'serial', spans }]);
        const rows = svg.match(/<g>.*<\/g>/g) ?? [];
        expect(elements(parseXml(svg), 'g')).toHaveLength(spans.length);
        expect(rows).toHaveLength(spans.length);
        for (const { bar, time, inside } of rows.map(boxes)) {
          expect(bar[0]).toBeGreaterThanOrEqual(16);
          expect(Math.max(bar[1], time[1])).toBeLessThanOrEqual(860);
          if (inside) expect(time[0]).toBeGreaterThanOrEqual(bar[0]);
          else expect(time[0] >= bar[1] || time[1] <= bar[0]).toBe(true);
        }
      }),
    );
  });

  it('says of a source without spans that nothing was seen', () => {
    expect(waterfallFile('a boot', [{ title: 'qmp', source: 'events', spans: [] }])).toContain(
      '>nothing was seen</text>',
    );
  });

  it('draws the lanes of a start with their sources in words and how far each may be shifted [M-11]', () => {
    const lanes = drawnLanes([
      { title: 'seen by the host', source: 'host', spans: [{ name: 'ready', startMs: 0, endMs: 900 }] },
      { title: 'by a tool', source: 'of its own', spans: [], shiftErrorMs: 210 },
    ]);
    expect(lanes.map(({ source }) => source)).toEqual(['clock of the host', 'of its own']);
    const text = waterfallFile('a boot', lanes);
    expect(text.match(/against the others ± 210ms/g)).toHaveLength(2);
    expect(text).toContain('@media screen and (prefers-color-scheme:dark)');
  });

  it('draws the markers of a boot_time.json in the order of time [M-12]', () => {
    expect(laneOfMarkers('run 1', { shell_prompt: 60.1, kernel_starts: 1.2 }).spans).toEqual([
      { name: 'kernel_starts', startMs: 0, endMs: 1200 },
      { name: 'shell_prompt', startMs: 1200, endMs: 60_100 },
    ]);
  });

  it('has ticks at round numbers, never more than asked for', () => {
    expect(niceTicks(0, 13_245, 8)).toEqual([0, 2000, 4000, 6000, 8000, 10_000, 12_000]);
    fc.assert(
      fc.property(
        fc.double({ min: -1e9, max: 1e9, noNaN: true }),
        fc.double({ min: 1, max: 1e9, noNaN: true }),
        (low, span) => {
          const ticks = niceTicks(low, low + span, 6);
          expect(ticks.length).toBeLessThanOrEqual(7);
          for (const tick of ticks) expect(tick).toBeGreaterThanOrEqual(low - span * 1e-5);
        },
      ),
    );
  });
});
