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

/** Cut to this many cells, or filled up. */
export function fitted(text: string, width: number, align: 'left' | 'right', more: string): string {
  const chars = [...text];
  const cut = chars.length > width ? `${chars.slice(0, Math.max(0, width - 1)).join('')}${more}`.slice(0, width) : text;
  return align === 'right' ? cut.padStart(width) : cut.padEnd(width);
}
