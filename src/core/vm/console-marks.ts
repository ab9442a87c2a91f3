import { kernelPanicPattern, linuxMarkers } from '../measure/markers/linux.ts';
import type { MarkName } from './vm-state.ts';

/** The first line that matches gives the mark. */
const markPatterns = linuxMarkers.markers.flatMap(({ stage, pattern }) =>
  stage === undefined ? [] : [{ name: stage, pattern: new RegExp(pattern) }],
);

const panic = new RegExp(kernelPanicPattern);

// Built from code points: control characters in a literal are easily damaged by editors.
const esc = String.fromCharCode(27);
const bell = String.fromCharCode(7);
const escapeSequence = new RegExp(
  `${esc}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${bell}${esc}]*(?:${bell}|${esc}\\\\)|[@-Z\\\\-_=>78c])`,
  'g',
);

const range = (from: number, to: number): string => `${String.fromCharCode(from)}-${String.fromCharCode(to)}`;
// All but tab and line feed.
const controlCharacter = new RegExp(`[${range(0, 8)}${range(11, 31)}${String.fromCharCode(127)}]`, 'g');

/** Without escape sequences and control characters, tabs kept. */
export function plainConsoleText(text: string): string {
  return text.replace(escapeSequence, '').replace(controlCharacter, '');
}

export function markOfLine(line: string): MarkName | undefined {
  return markPatterns.find(({ pattern }) => pattern.test(line))?.name;
}

/** The reason of a kernel panic, or undefined. */
export function panicOfLine(line: string): string | undefined {
  return panic.exec(line)?.[1]?.trim();
}

/** Console bytes to lines; a prompt without a newline at its end counts as a line too (`rest`). */
export function splitConsole(
  pending: string,
  chunk: string,
): { readonly lines: readonly string[]; readonly rest: string } {
  const parts = (pending + chunk).split('\n');
  const rest = parts.pop() ?? '';
  return { lines: parts.map(plainConsoleText), rest: rest.length > 4096 ? rest.slice(-4096) : rest };
}
