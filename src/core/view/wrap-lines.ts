// biome-ignore lint/suspicious/noControlCharactersInRegex: colours take no room
const colours = /\u001b\[[0-9;]*m/g;
const width = (text: string): number => text.replace(colours, '').length;

/** Where the text of the last column begins that leaves at least half of the line. */
function hangingIndent(line: string, columns: number): number {
  const plain = line.replace(colours, '');
  const starts = [...plain.matchAll(/(?:^ *| {2,})(?=\S)/g)].map((gap) => gap.index + gap[0].length);
  return Math.max(0, ...starts.filter((start) => start <= columns / 2 + 3));
}

function wrapLine(line: string, columns: number): string {
  if (width(line) <= columns) return line;
  const indent = hangingIndent(line, columns);
  const lines = [''];
  for (const token of line.match(/\s*\S+/g) ?? []) {
    const last = lines.at(-1) ?? '';
    const fitsBelow = indent + width(token.trimStart()) <= columns;
    if (width(last) + width(token) <= columns || last === '' || !fitsBelow) lines[lines.length - 1] = last + token;
    else lines.push(' '.repeat(indent) + token.trimStart());
  }
  return lines.join('\n');
}

/** Breaks lines that are too long for a terminal between words, below the column they belong to; paths stay whole. */
export function wrapLines(text: string, columns: number): string {
  return text
    .split('\n')
    .map((line) => wrapLine(line, columns))
    .join('\n');
}
