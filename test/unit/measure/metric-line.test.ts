import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { metricsOfLine } from '../../../src/core/measure/metric-line.ts';

const values = (line: string) => metricsOfLine(line).map(({ name, value }) => [name, value]);

describe('METRIC lines', () => {
  it.each([
    ['METRIC boot_time=12', [['boot_time', 12]]],
    [
      '[    1.5] METRIC a=1 b=-2.5 c=1e-3',
      [
        ['a', 1],
        ['b', -2.5],
        ['c', 0.001],
      ],
    ],
    [
      'METRIC a=1 METRIC b=2',
      [
        ['a', 1],
        ['b', 2],
      ],
    ],
    ['METRIC irq_latency 1234.5 1699900000000', [['irq_latency', 1234.5]]],
    ['METRIC x 7', [['x', 7]]],
    ['METRIC ns:unit.a-b=+.5', [['ns:unit.a-b', 0.5]]],
  ])('%s [E.2-1]', (line, expected) => expect(values(line)).toEqual(expected));

  it.each([
    'METRIC',
    'METRIC a',
    'METRIC a=',
    'METRIC a=x',
    'METRIC a=1.2.3',
    'METRIC a=0x10',
    'METRIC 5=5',
    'METRIC =5',
    'METRIC a=1e999',
    'METRICS a=1',
    'see METRICa=1',
  ])('%s is none', (line) => expect(values(line)).toEqual([]));

  it('leave out what is malformed and keep the rest', () => {
    expect(values('METRIC a=1 b=oops c=3')).toEqual([
      ['a', 1],
      ['c', 3],
    ]);
  });

  it('keep what the guest printed beside the normalised duration [E.2-9]', () => {
    expect(metricsOfLine('METRIC total_boot_ns=2567890 t.us=3 up_ms=4 up_s=0.5 depth=6')).toEqual([
      { name: 'total_boot_ns', value: 2567890, raw: '2567890', unit: 'ns', ms: 2.56789 },
      { name: 't.us', value: 3, raw: '3', unit: 'us', ms: 0.003 },
      { name: 'up_ms', value: 4, raw: '4', unit: 'ms', ms: 4 },
      { name: 'up_s', value: 0.5, raw: '0.5', unit: 's', ms: 500 },
      { name: 'depth', value: 6, raw: '6' },
    ]);
  });

  it('may carry the time of the guest', () => {
    const at = { timestampMs: 1699900000000 };
    expect(metricsOfLine('METRIC a=1 1699900000000 b=2')).toMatchObject([{ name: 'a', ...at }, { name: 'b' }]);
    expect(metricsOfLine('METRIC a 1 1699900000000')).toMatchObject([{ name: 'a', value: 1, ...at }]);
  });

  it('give back every number that JavaScript can print', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        // -0 prints as 0.
        expect(metricsOfLine(`METRIC v=${value}`)[0]?.value).toBe(value + 0);
      }),
    );
  });

  it('never throw and end for whatever is printed', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => metricsOfLine(`METRIC ${text}`).length >= 0));
  });
});
