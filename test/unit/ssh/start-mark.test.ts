import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type StartMark, startMarkFilter } from '../../../src/core/ssh/start-mark.ts';

const token = 'a1b2';
const stat = 'S 1 4711 4700 0 -1 4194304 1 2 3 4 5 6 7 8 20 0 1 0 998877 1 2';
const mark = `\x1e${token}:4711:${stat}\x1e`;

function through(chunks: readonly Uint8Array[]): { text: string; marks: StartMark[] } {
  const marks: StartMark[] = [];
  const filter = startMarkFilter(token, (found) => marks.push(found));
  const out = chunks.map((chunk) => Buffer.from(filter.push(chunk)));
  return { text: Buffer.concat([...out, Buffer.from(filter.rest())]).toString('latin1'), marks };
}

describe('the start mark', () => {
  it('is taken out byte for byte, wherever the stream is cut', () => {
    const bytes = fc.uint8Array({ maxLength: 40 });
    const cuts = fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 12 });
    fc.assert(
      fc.property(bytes, bytes, cuts, (before, after, places) => {
        const whole = Buffer.concat([before, Buffer.from(mark), after]);
        const edges = [0, ...places.filter((place) => place < whole.length), whole.length].sort((a, b) => a - b);
        const { text, marks } = through(edges.slice(1).map((edge, index) => whole.subarray(edges[index], edge)));
        expect(text).toBe(Buffer.concat([before, after]).toString('latin1'));
        expect(marks).toEqual([{ pid: 4711, session: 4700, startTime: '998877' }]);
      }),
      { numRuns: 500, seed: 11 },
    );
  });

  it('is found once only: what the command prints is its own', () => {
    expect(through([Buffer.from(mark), Buffer.from(`again ${mark}`)])).toMatchObject({
      text: `again ${mark}`,
      marks: [{}],
    });
  });

  it('says nothing of the session when /proc could not be read', () => {
    expect(through([Buffer.from(`\x1e${token}:12:\x1e`)]).marks).toEqual([
      { pid: 12, session: undefined, startTime: undefined },
    ]);
  });

  it('holds nothing back when it never comes', () => {
    const filter = startMarkFilter(token, () => {});
    filter.push(Buffer.from('no such account\n'));
    expect(filter.mark).toBeUndefined();
    expect(filter.preamble()).toBe('no such account\n');
    expect(through([Buffer.from('cut \x1ea1')]).text).toBe('cut \x1ea1');
    expect(through([Buffer.from(`\x1e${token}:`), Buffer.alloc(5000, 120)]).text.length).toBe(5006);
  });
});
