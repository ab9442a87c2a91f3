import { describe, expect, it } from 'vitest';
import { compareNames } from '../../../src/core/ids/compare-names.ts';

describe('order of names', () => {
  it('counts numbers as people do', () => {
    expect(['web-10', 'web-2', 'web', 'api', 'web-2b', '7', 'web-02'].sort(compareNames)).toEqual([
      '7',
      'api',
      'web',
      'web-02',
      'web-2',
      'web-2b',
      'web-10',
    ]);
  });

  it('is a total order', () => {
    const names = ['a', 'a1', 'a01', 'a1b', 'b', '1', '01', '1a', ''];
    for (const a of names)
      for (const b of names) {
        expect(Math.sign(compareNames(a, b)) + Math.sign(compareNames(b, a))).toBe(0);
        if (a !== b) expect(compareNames(a, b)).not.toBe(0);
      }
  });
});
