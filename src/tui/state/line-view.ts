/** A window onto lines that keep coming; the log itself keeps all. */
export interface LineView {
  readonly lines: readonly string[];
  /** Lines that came and are no longer held here. */
  readonly dropped: number;
  /** How many lines lie behind the window: 0 follows the newest. */
  readonly back: number;
  readonly search: string;
  /** The line that was found last, counted from the newest: 0. */
  readonly found?: number;
}

export const emptyLines: LineView = { lines: [], dropped: 0, back: 0, search: '' };

export const linesHeld = 5000;

/** A person who has scrolled back keeps seeing the same lines. */
export function withLines(view: LineView, fresh: readonly string[]): LineView {
  if (fresh.length === 0) return view;
  const all = [...view.lines, ...fresh];
  const surplus = Math.max(0, all.length - linesHeld);
  const lines = surplus === 0 ? all : all.slice(surplus);
  const back = view.back === 0 ? 0 : Math.min(lines.length, view.back + fresh.length);
  const found = view.found === undefined ? {} : { found: view.found + fresh.length };
  return { ...view, ...found, lines, dropped: view.dropped + surplus, back };
}

export function scrolled(view: LineView, by: number, room: number): LineView {
  const most = Math.max(0, view.lines.length - room);
  const back = Math.max(0, Math.min(most, view.back + by));
  return back === view.back ? view : { ...view, back };
}

export function shownLines({ lines, back }: LineView, room: number): readonly string[] {
  const end = Math.max(0, lines.length - back);
  return lines.slice(Math.max(0, end - room), end);
}

/** The next line with the searched text, towards older ones (1) or newer ones (-1), in the window; else the same view. */
export function searched(view: LineView, direction: 1 | -1, room: number): LineView {
  const { lines, back, search } = view;
  if (search === '') return view;
  const sought = search.toLowerCase();
  for (let at = (view.found ?? back - direction) + direction; at >= 0 && at < lines.length; at += direction)
    if (lines[lines.length - 1 - at]?.toLowerCase().includes(sought))
      return { ...view, found: at, back: Math.min(at, Math.max(0, lines.length - room)) };
  return view;
}
