import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { fitted } from '../../../src/tui/parts/fit-columns.ts';
import { emptyLines, linesHeld, scrolled, searched, shownLines, withLines } from '../../../src/tui/state/line-view.ts';
import { arrange, cursorRow, listState, moveCursor, windowStart } from '../../../src/tui/state/list-state.ts';
import { createStore } from '../../../src/tui/state/store.ts';
import { editText, textInput } from '../../../src/tui/state/text-input.ts';
import { peaks, sparkline, withUsage } from '../../../src/tui/state/usage-history.ts';

describe('usage', () => {
  const usage = (at: number, cpuSeconds?: number, pid = 1) => ({
    pid,
    at,
    residentBytes: 100,
    ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
  });

  it('is a share of one processor between two looks; the first look has none', () => {
    const first = withUsage(undefined, usage(1000, 5));
    const second = withUsage(first, usage(3000, 8));
    expect(second.points.map((point) => point.cpuPercent)).toEqual([undefined, 150]);
  });

  it('another process begins anew, and what the host does not tell is absent, not 0', () => {
    const first = withUsage(undefined, usage(1000, 5));
    expect(withUsage(first, usage(2000, 0.1, 2)).points).toEqual([{ at: 2000, residentBytes: 100 }]);
    expect(withUsage(first, usage(2000)).points.at(-1)).toEqual({ at: 2000, residentBytes: 100 });
  });

  it('keeps a bounded number of looks', () => {
    let history = withUsage(undefined, usage(0, 0));
    for (let index = 1; index < 1000; index += 1) history = withUsage(history, usage(index * 1000, index));
    expect(history.points).toHaveLength(150);
  });

  it('as a line: the newest at the right, a blank where nothing is known', () => {
    expect(sparkline([undefined, 0, 50, 100, 400], 6, 100, '_-#')).toBe('  _-##');
    expect(sparkline([], 3, 100, '_-#')).toBe('   ');
    expect(sparkline([1, 2, 3], 2, 3, '_-#')).toBe('##');
  });
});

describe('a list', () => {
  const rows = ['b10', 'b9', 'a'].map((key, index) => ({
    key,
    text: key,
    values: { name: key, size: index || undefined },
  }));

  it('orders names as people do, and puts what has no value last both ways', () => {
    expect(arrange(rows, listState('name')).map((row) => row.key)).toEqual(['a', 'b9', 'b10']);
    const bySize = { ...listState('size') };
    expect(arrange(rows, bySize).map((row) => row.key)).toEqual(['b9', 'a', 'b10']);
    expect(arrange(rows, { ...bySize, descending: true }).map((row) => row.key)).toEqual(['a', 'b9', 'b10']);
  });

  it('moves within its ends', () => {
    const state = listState('name');
    const end = moveCursor(rows, moveCursor(rows, state, 'last'), 5);
    expect(cursorRow(rows, end)?.key).toBe('a');
    expect(cursorRow(rows, moveCursor(rows, end, -9))?.key).toBe('b10');
    expect(moveCursor([], state, 1)).toBe(state);
  });

  it('always shows the cursor', () => {
    fc.assert(
      fc.property(
        fc.nat(300),
        fc.nat(300),
        fc.integer({ min: 1, max: 50 }),
        fc.nat(300),
        (count, at, height, before) => {
          fc.pre(at < count);
          const start = windowStart(count, at, height, Math.min(before, Math.max(0, count - height)));
          expect(start).toBeLessThanOrEqual(at);
          expect(at).toBeLessThan(start + height);
          expect(start).toBeGreaterThanOrEqual(0);
        },
      ),
    );
  });
});

describe('lines that keep coming', () => {
  const numbered = (from: number, count: number) => Array.from({ length: count }, (_, index) => `line ${from + index}`);

  it('are followed, and who has scrolled back keeps seeing the same ones', () => {
    const view = withLines(emptyLines, numbered(0, 100));
    expect(shownLines(view, 3)).toEqual(['line 97', 'line 98', 'line 99']);
    const back = scrolled(view, 10, 3);
    expect(shownLines(back, 3)).toEqual(['line 87', 'line 88', 'line 89']);
    expect(shownLines(withLines(back, numbered(100, 7)), 3)).toEqual(['line 87', 'line 88', 'line 89']);
  });

  it('are held to a bound, and what is not held is counted', () => {
    let view = emptyLines;
    for (let index = 0; index < 30; index += 1) view = withLines(view, numbered(index * 1000, 1000));
    expect(view.lines).toHaveLength(linesHeld);
    expect(view.dropped + view.lines.length).toBe(30_000);
    expect(view.lines.at(-1)).toBe('line 29999');
  });

  it('are searched from the newest on, either way; what was found is in a full window', () => {
    const lines = ['panic at first', ...numbered(0, 50), 'PANIC here', ...numbered(50, 50)];
    const view = { ...withLines(emptyLines, lines), search: 'panic' };
    const here = searched(view, 1, 5);
    expect(shownLines(here, 5)).toEqual(['line 46', 'line 47', 'line 48', 'line 49', 'PANIC here']);
    const first = searched(here, 1, 5);
    expect(shownLines(first, 5)[0]).toBe('panic at first');
    expect(shownLines(first, 5)).toHaveLength(5);
    expect(searched(first, 1, 5)).toBe(first);
    expect(searched(first, -1, 5)).toEqual(here);
    expect(searched(withLines(first, numbered(100, 9)), -1, 5).found).toBe((here.found ?? 0) + 9);
    expect(searched({ ...view, search: '' }, 1, 5)).toMatchObject({ back: 0 });
  });
});

describe('a line that is typed', () => {
  it('is edited as in a shell', () => {
    let input = textInput('hello world');
    for (const key of ['ctrl+w', 'backspace', 'home', 'delete']) input = editText(input, key, '') ?? input;
    expect(input).toEqual({ text: 'ello', at: 0 });
    expect(editText(input, 'H', 'H')).toEqual({ text: 'Hello', at: 1 });
    expect(editText(input, 'ctrl+k', '')).toEqual({ text: '', at: 0 });
    expect(editText(input, 'up', '')).toBeUndefined();
  });

  it('takes what is pasted without its control characters', () => {
    expect(editText(textInput(), 'a', 'a\u001b[31mb\r\n')).toMatchObject({ text: 'a[31mb' });
  });
});

describe('the store', () => {
  it('shows what a person does at once, and gathers the rest for one beat', () => {
    vi.useFakeTimers();
    try {
      const store = createStore(0);
      const shown: number[] = [];
      store.subscribe(() => shown.push(store.get()));
      for (let index = 0; index < 1000; index += 1) store.gather((count) => count + 1);
      expect(shown).toEqual([]);
      vi.advanceTimersByTime(100);
      expect(shown).toEqual([1000]);
      store.set((count) => count + 1);
      expect(shown).toEqual([1000, 1001]);
      store.gather((count) => count + 1);
      store.set((count) => count + 1);
      vi.advanceTimersByTime(500);
      expect(shown).toEqual([1000, 1001, 1003]);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('peaks', () => {
  const at = (seconds: number, cpuPercent?: number) => ({
    at: seconds * 1000,
    residentBytes: 1,
    ...(cpuPercent === undefined ? {} : { cpuPercent }),
  });

  it('are the highest of each part of the time; a part that nobody looked at is not 0', () => {
    const points = [at(100, 90), at(161, 5), at(170, 40), at(195), at(225, 7), at(238, 6)];
    expect(peaks(points, 4, 120_000)).toEqual([undefined, 40, undefined, 7]);
  });

  it('of the past do not change when time goes on', () => {
    const points = [at(60, 3), at(89, 8), at(91, 2)];
    expect(peaks(points, 4, 120_000)).toEqual([undefined, undefined, 8, 2]);
    expect(peaks([...points, at(119, 1)], 4, 120_000)).toEqual([undefined, undefined, 8, 2]);
    expect(peaks([...points, at(121, 1)], 4, 120_000)).toEqual([undefined, 8, 2, 1]);
  });
});

describe('cells', () => {
  it('are cut and filled by how wide signs are on a terminal', () => {
    expect(fitted('仮想マシン', 7, 'left', '…')).toBe('仮想マ…');
    expect(fitted('仮想マシン', 8, 'left', '…')).toBe('仮想マ… ');
    expect(fitted('e\u0301tat', 6, 'right', '…')).toBe('  e\u0301tat');
    expect(fitted('👩‍💻 dev', 6, 'left', '...')).toBe('👩‍💻 dev');
  });
});
