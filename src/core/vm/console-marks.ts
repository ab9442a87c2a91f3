import type { MarkName } from './vm-state.ts';

/** Anchored patterns over one console line without escape sequences; the first line that matches gives the mark. */
const markPatterns: readonly { readonly name: MarkName; readonly pattern: RegExp }[] = [
  { name: 'firmware', pattern: /^(UEFI firmware|BdsDxe: |SeaBIOS \(version|EDK II|\s*UEFI Interactive Shell)/ },
  { name: 'bootloader', pattern: /^(GNU GRUB|Welcome to GRUB!|systemd-boot |\s*Booting `|EFI stub: )/ },
  { name: 'kernel', pattern: /^\[\s*0\.000000\] |^\[\s*\d+\.\d+\] Linux version / },
  {
    name: 'init',
    pattern: /(^|\] )systemd\[1\]: (systemd \S+ running in system mode|Detected )|^Welcome to .+!$|^tiny init: /,
  },
  { name: 'login-prompt', pattern: /^\S+ login: ?$/ },
];

const panicPattern = /Kernel panic - not syncing: (.*)$/;

// Built from code points: control characters in a literal are easily damaged by editors.
const esc = String.fromCharCode(27);
const bell = String.fromCharCode(7);
const escapeSequence = new RegExp(
  `${esc}(?:\\[[0-?]*[ -/]*[@-~]|\\][^${bell}${esc}]*(?:${bell}|${esc}\\\\)|[@-Z\\\\-_=>78])`,
  'g',
);

/** Without escape sequences and control characters, tabs kept. */
export function plainConsoleText(text: string): string {
  return [...text.replace(escapeSequence, '')]
    .filter((c) => c === '\t' || c === '\n' || (c >= ' ' && c !== String.fromCharCode(127)))
    .join('');
}

export function markOfLine(line: string): MarkName | undefined {
  return markPatterns.find(({ pattern }) => pattern.test(line))?.name;
}

/** The reason of a kernel panic, or undefined. */
export function panicOfLine(line: string): string | undefined {
  return panicPattern.exec(line)?.[1]?.trim();
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
