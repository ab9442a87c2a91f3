import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStrictJson } from '../../../src/core/image/strict-json.ts';

/** What JSON.parse says, or that it refuses. */
function plain(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}

describe('JSON that can be read in one way only', () => {
  it('is what JSON.parse reads, whatever the layout', () => {
    const document = fc.jsonValue({ stringUnit: 'binary' });
    fc.assert(
      fc.property(document, fc.constantFrom(undefined, 1, 4, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        fc.pre(!text.includes('__proto__'));
        expect(readStrictJson(text)).toEqual({ ok: true, value: JSON.parse(text) });
      }),
    );
  });

  it('is refused wherever JSON.parse refuses, with a place in the text', () => {
    const piece = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"',
        '"a"',
        '"b"',
        '\\',
        '"\\u0041"',
        '"\\x"',
        '0',
        '01',
        '-',
        '1.',
        '1e5',
        '.5',
      ],
      ...['true', 'nul', 'null', ' ', '\n', '\t', '\u00a0', '\ufeff', '\0', '"\n"', '"\u2028"', '//', "'a'", 'NaN'],
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join('')),
      fc.tuple(fc.json(), fc.nat(), piece).map(([json, place, put]) => {
        const at = place % (json.length + 1);
        return `${json.slice(0, at)}${put}${json.slice(at)}`;
      }),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        const expected = plain(candidate);
        const read = readStrictJson(candidate);
        if (read.ok) {
          expect({ value: read.value }).toEqual(expected);
          return;
        }
        const lines = candidate.split('\n');
        expect(read.line).toBeLessThanOrEqual(lines.length);
        expect(read.column).toBeLessThanOrEqual((lines[read.line - 1] ?? '').length + 1);
        if (expected !== undefined) expect(read.problem).toMatch(/twice|__proto__|levels/);
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['a key twice (case 25)', '{\n  "a": 1,\n  "b": 2,\n  "a": 3\n}', 4, 3, 'the key "a" is there twice in one object'],
    ['a key twice, once escaped', '{"a": 1, "\\u0061": 2}', 1, 10, 'is there twice'],
    ['a key twice far inside', '[{"x": {"y": [1, {"a": 1, "a": 1}]}}]', 1, 27, 'is there twice'],
    ['__proto__ (case 25)', '{"__proto__": {"lockfileVersion": 1}}', 1, 2, '__proto__'],
    ['__proto__, escaped', '{"__prot\\u006f__": 1}', 1, 2, '__proto__'],
    ['a text that ends early', '{"a": [1,', 1, 10, 'the text ends where a value is expected'],
    ['a second document', '{}\n{}', 2, 1, 'the end'],
    ['a hundred levels', `${'['.repeat(100)}${']'.repeat(100)}`, 1, 66, 'more than 64 levels'],
    ['nothing', '', 1, 1, 'the text ends'],
  ])('refuses %s and says where', (_what, text, line, column, problem) => {
    expect(readStrictJson(text)).toMatchObject({ ok: false, line, column, problem: expect.stringContaining(problem) });
  });

  it('allows the same key in different objects', () => {
    expect(readStrictJson('[{"a":{"a":1}},{"a":2}]').ok).toBe(true);
  });
});
