/**
 * Console bytes to plain lines, for guests that print lines and for those that draw a screen.
 *
 *   "…\n"                 ends a line
 *   cursor to another row  ends a line: a menu or a dialogue is drawn row by row, often without any line feed
 *   cursor in its own row  nothing: serial BIOS consoles repeat it in the middle of words
 *
 * What comes after the last end is the rest: a prompt has no line feed behind it. Of a line that is too long the
 * beginning is kept, since that is where patterns are anchored; an escape sequence cut by a chunk waits for its end.
 */
import { plainConsoleText } from '../vm/console-marks.ts';

export const longestLine = 4096;

export interface ConsoleLines {
  /** Complete lines of this chunk. */
  feed(chunk: string): readonly string[];
  /** Plain text of the unfinished line. */
  rest(): string;
}

const esc = String.fromCharCode(27);
const bell = String.fromCharCode(7);
const cursorOrEnd = new RegExp(`${esc}\\[(\\d*)(?:;\\d*)?[Hf]|\\n`, 'g');
const unfinishedEscape = new RegExp(`^${esc}(?:\\[[0-?]*[ -/]*|\\][^${bell}${esc}]*)?$`);
const longestEscape = 256;

export function createConsoleLines(): ConsoleLines {
  let pending = '';
  let rest = '';
  let row: number | undefined;

  function rowsAsLines(text: string): string {
    return text.replace(cursorOrEnd, (match, to: string | undefined) => {
      if (match === '\n') {
        if (row !== undefined) row += 1;
        return match;
      }
      const wanted = Math.max(1, Number(to === undefined || to === '' ? 1 : to));
      if (wanted === row) return '';
      row = wanted;
      return '\n';
    });
  }

  return {
    feed(chunk) {
      let text = pending + chunk;
      pending = '';
      if (text.includes(esc)) {
        const last = text.lastIndexOf(esc);
        if (text.length - last < longestEscape && unfinishedEscape.test(text.slice(last))) {
          pending = text.slice(last);
          text = text.slice(0, last);
        }
        text = rowsAsLines(text);
      } else if (row !== undefined) {
        text = rowsAsLines(text);
      }
      const parts = text.split('\n');
      const tail = parts.pop() ?? '';
      if (parts.length === 0) {
        rest = (rest + tail).slice(0, longestLine);
        return [];
      }
      parts[0] = rest + (parts[0] ?? '');
      rest = tail.slice(0, longestLine);
      return parts.map((part) => plainConsoleText(part.length > longestLine ? part.slice(0, longestLine) : part));
    },
    rest: () => plainConsoleText(rest),
  };
}
