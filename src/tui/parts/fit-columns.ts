import stringWidth from 'string-width';

/** Which columns have room: those of the lowest ranks, shown in their own order, two cells between. */
export function fitColumns<C extends { readonly rank: number }>(
  columns: readonly C[],
  widthOf: (column: C) => number,
  room: number,
): readonly C[] {
  const chosen = new Set<C>();
  let left = room + gap;
  for (const column of columns.toSorted((a, b) => a.rank - b.rank)) {
    const needed = widthOf(column) + gap;
    if (needed > left && chosen.size > 0) break;
    left -= needed;
    chosen.add(column);
  }
  return columns.filter((column) => chosen.has(column));
}

export const gap = 2;

/** How many cells of a terminal it takes: East Asian signs take two, combining ones none. */
export const cellsOf = (text: string): number => stringWidth(text);

/** A column as wide as its longest text, within bounds. */
export const longest =
  <Row>(least: number, most: number, text: (row: Row) => string) =>
  (rows: readonly Row[]): number =>
    Math.min(most, Math.max(least, ...rows.map((row) => cellsOf(text(row)))));

/** Cut to this many cells, or filled up. */
export function fitted(text: string, width: number, align: 'left' | 'right', more: string): string {
  const cut = cellsOf(text) > width ? `${beginning(text, width - cellsOf(more))}${more}` : text;
  const fill = ' '.repeat(Math.max(0, width - cellsOf(cut)));
  return align === 'right' ? fill + cut : cut + fill;
}

/** As many whole signs as have room. */
function beginning(text: string, width: number): string {
  let taken = '';
  for (const { segment } of new Intl.Segmenter().segment(text)) {
    if (cellsOf(taken + segment) > width) break;
    taken += segment;
  }
  return taken;
}
