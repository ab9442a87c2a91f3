import { compareNames } from '../../core/ids/compare-names.ts';

/** Where a person is in a list; the rows themselves come from elsewhere. */
export interface ListState {
  /** Key of the row under the cursor; it stays with that row wherever it moves. */
  readonly cursor?: string;
  readonly selected: ReadonlySet<string>;
  readonly sort: string;
  readonly descending: boolean;
  readonly filter: string;
}

export const listState = (sort: string): ListState => ({ selected: new Set(), sort, descending: false, filter: '' });

/** What a list needs to know of a row to order and find it. */
export interface Sortable {
  readonly key: string;
  /** Looked through by the filter, all words of which must occur. */
  readonly text: string;
  readonly values: Readonly<Record<string, string | number | undefined>>;
}

/** Filtered and ordered; what has no value comes last in both directions, equal ones by their key. */
export function arrange<Row extends Sortable>(rows: readonly Row[], state: ListState): readonly Row[] {
  const words = state.filter.toLowerCase().split(/\s+/).filter(Boolean);
  const found = rows.filter((row) => words.every((word) => row.text.toLowerCase().includes(word)));
  const direction = state.descending ? -1 : 1;
  return found.toSorted((a, b) => {
    const [left, right] = [a.values[state.sort], b.values[state.sort]];
    if (left === undefined || right === undefined) {
      if (left !== right) return left === undefined ? 1 : -1;
      return compareNames(a.key, b.key);
    }
    return compare(left, right) * direction || compareNames(a.key, b.key);
  });
}

function compare(a: string | number, b: string | number): number {
  return typeof a === 'number' && typeof b === 'number' ? a - b : compareNames(String(a), String(b));
}

/** The row under the cursor; the first one when that row is gone. */
export function cursorRow<Row extends Sortable>(rows: readonly Row[], state: ListState): Row | undefined {
  return rows.find((row) => row.key === state.cursor) ?? rows[0];
}

export function moveCursor(rows: readonly Sortable[], state: ListState, by: number | 'first' | 'last'): ListState {
  if (rows.length === 0) return state;
  const at = Math.max(
    0,
    rows.findIndex((row) => row.key === state.cursor),
  );
  const wanted = by === 'first' ? 0 : by === 'last' ? rows.length - 1 : at + by;
  const row = rows[Math.max(0, Math.min(rows.length - 1, wanted))];
  return row === undefined || row.key === state.cursor ? state : { ...state, cursor: row.key };
}

export function toggleSelected(state: ListState, key: string): ListState {
  const selected = new Set(state.selected);
  if (!selected.delete(key)) selected.add(key);
  return { ...state, selected };
}

/** The first row to draw, so that the cursor is seen; the window moves no more than it must. */
export function windowStart(count: number, cursorAt: number, height: number, before: number): number {
  if (count <= height) return 0;
  const lowest = Math.max(0, cursorAt - height + 1);
  return Math.min(count - height, Math.max(lowest, Math.min(before, cursorAt)));
}
