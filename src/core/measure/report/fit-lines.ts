/** Lines that stay, and lines that may be left out, in the order in which they are read. */
export interface FittedSection {
  readonly before: readonly string[];
  readonly rows: readonly string[];
  /** Stands in place of the rows that were left out. */
  readonly leftOut: (count: number, of: number) => string;
}

const encoder = new TextEncoder();
const size = (line: string) => encoder.encode(line).length + 1;
const total = (lines: readonly string[]) => lines.reduce((sum, line) => sum + size(line), 0);

/** Earlier sections are served first; what does not fit is counted, never dropped in silence. */
export function fitLines(sections: readonly FittedSection[], maxBytes: number): string {
  const noteSize = ({ rows, leftOut }: FittedSection) => size(leftOut(rows.length, rows.length));
  const whole = sections.reduce((sum, { before, rows }) => sum + total(before) + total(rows), 0);
  const fixed = sections.reduce((sum, section) => sum + total(section.before) + noteSize(section), 0);
  let room = whole <= maxBytes ? Number.POSITIVE_INFINITY : maxBytes - fixed;
  const lines = sections.flatMap((section) => {
    const kept: string[] = [];
    for (const row of section.rows) {
      if (size(row) > room) continue;
      room -= size(row);
      kept.push(row);
    }
    const missing = section.rows.length - kept.length;
    return [...section.before, ...kept, ...(missing === 0 ? [] : [section.leftOut(missing, section.rows.length)])];
  });
  return lines.map((line) => `${line}\n`).join('');
}
