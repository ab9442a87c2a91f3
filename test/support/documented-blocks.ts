/**
 * The code blocks of a page, as something to run.
 *
 * | block | meaning |
 * |---|---|
 * | `sh` | every line is a command that must succeed |
 * | `console` | `$ command`, then what it prints; `error[` in the output means that it must fail |
 * | any other, or the paragraph above says "not run by the tests: …" | not run; the reason is for the reader |
 */
export interface Documented {
  readonly line: number;
  readonly command: string;
  /** undefined: the page shows no output. */
  readonly output?: readonly string[];
}

export interface Block {
  readonly line: number;
  readonly language: string;
  readonly commands: readonly Documented[];
  /** Why it is not run. */
  readonly reason?: string;
}

const notRun = /\bnot run by the tests: (\S[^\n]*)/i;

export function blocksOf(markdown: string): readonly Block[] {
  const lines = markdown.split('\n');
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const fence = /^\s*```(\w*)/.exec(lines[at] ?? '');
    if (!fence) continue;
    const end = lines.findIndex((line, index) => index > at && /^\s*```\s*$/.test(line));
    if (end < 0) throw new Error(`line ${at + 1}: a code block that does not end`);
    const language = fence[1] ?? '';
    const body = lines.slice(at + 1, end);
    const reason = notRun.exec(paragraphAbove(lines, at))?.[1];
    blocks.push({
      line: at + 1,
      language,
      commands: language === 'console' ? session(body, at + 2) : language === 'sh' ? plain(body, at + 2) : [],
      ...(reason === undefined ? {} : { reason }),
    });
    at = end;
  }
  return blocks;
}

/** One empty line may lie between. */
function paragraphAbove(lines: readonly string[], fence: number): string {
  const found: string[] = [];
  let at = fence - 1;
  if (lines[at]?.trim() === '') at -= 1;
  for (; at >= 0 && lines[at]?.trim() !== '' && !lines[at]?.includes('```'); at -= 1) found.unshift(lines[at] ?? '');
  return found.join(' ');
}

function plain(body: readonly string[], first: number): Documented[] {
  return body
    .map((command, index) => ({ line: first + index, command }))
    .filter(({ command }) => command.trim() !== '' && !command.trim().startsWith('#'));
}

function session(body: readonly string[], first: number): Documented[] {
  const commands: { line: number; command: string; output: string[] }[] = [];
  for (const [index, text] of body.entries()) {
    if (text.startsWith('$ ')) commands.push({ line: first + index, command: text.slice(2), output: [] });
    else if (commands.length === 0) throw new Error(`line ${first + index}: output before the first command`);
    else commands.at(-1)?.output.push(text);
  }
  return commands;
}

/** What a page shows for one machine and one moment; on another it has another value of the same kind. */
const varying: readonly (readonly [shown: RegExp, any: string])[] = [
  [/…/, '.*'],
  [/\d+\.\d+ [KMG]iB/, '\\d+(?:\\.\\d+)? [KMG]iB'],
  [/\d+(?:\.\d+)?(?:ms|s)\b/, '(?:\\d+m )?\\d+(?:\\.\\d+)?(?:ms|s)'],
  [/(?<=127\.0\.0\.1(?::| port ))\d+|\b2222\b/, '\\d{4,5}'],
  [/\b(?:x86_64|aarch64)\b/, '(?:x86_64|aarch64)'],
  [/\b(?:tcg|kvm|hvf)\b/, '(?:tcg|kvm|hvf)'],
  [/\bvm-[0-9a-f]{10}\b/, 'vm-[0-9a-f]{10}'],
];
const anyVarying = new RegExp(varying.map(([shown]) => `(${shown.source})`).join('|'), 'g');

const quoted = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
const spaces = (text: string) => text.trimEnd().replaceAll(/\s+/g, ' ');

function lineOf(shown: string): RegExp {
  let pattern = '';
  let from = 0;
  for (const match of spaces(shown).matchAll(anyVarying)) {
    const kind = match.slice(1).findIndex((group) => group !== undefined);
    pattern += quoted(match.input.slice(from, match.index)) + (varying[kind]?.[1] ?? '');
    from = match.index + match[0].length;
  }
  return new RegExp(`^${pattern}${quoted(spaces(shown).slice(from))}$`);
}

/** undefined: what was printed is what is shown. A line `…` stands for any number of lines. */
export function difference(shown: readonly string[], printed: string): string | undefined {
  const actual = printed.replace(/\n+$/, '').split('\n').map(spaces);
  const walk = (at: number, seen: number): boolean => {
    const line = shown[at];
    if (line === undefined) return seen === actual.length;
    if (line.trim() === '…')
      return Array.from({ length: actual.length - seen + 1 }, (_, n) => seen + n).some((next) => walk(at + 1, next));
    const printedLine = actual[seen];
    return printedLine !== undefined && lineOf(line).test(printedLine) && walk(at + 1, seen + 1);
  };
  const trimmed = shown.join('\n').trimEnd();
  if (trimmed === '') return printed.trim() === '' ? undefined : `nothing is shown, but this was printed:\n${printed}`;
  return walk(0, 0) ? undefined : `shown:\n${trimmed}\nprinted:\n${printed}`;
}
