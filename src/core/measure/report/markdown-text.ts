import { printable } from '../../view/printable.ts';

const longest = 300;

/** One line; a text that fills a page is no name. */
function oneLine(text: string): string {
  const line = printable(text).replace(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

/** A name, exactly as it is: in a code span nothing is markup and nobody is mentioned. */
export function codeSpan(text: string): string {
  const line = oneLine(text).replaceAll('|', '\\|');
  if (line === '') return '';
  const fence = '`'.repeat(1 + Math.max(0, ...(line.match(/`+/g) ?? []).map((run) => run.length)));
  const pad = line.startsWith('`') || line.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${line}${pad}${fence}`;
}

/** A sentence in which nothing is markup. The empty comment keeps GitHub from telling someone of that name. */
export const plainText = (text: string): string =>
  oneLine(text)
    .replace(/[\\`*[\]<>|~#$&]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&')
    .replaceAll('@', '@<!-- -->');
