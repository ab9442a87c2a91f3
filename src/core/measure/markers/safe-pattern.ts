/**
 * Whether a pattern from a file may be run over everything that a guest prints. A guest chooses its words, and a
 * pattern with a repetition inside a repetition, or with overlapping alternatives inside one, can take longer for one
 * line than the whole boot.
 */
export function patternProblem(pattern: string, flags = ''): string | undefined {
  if (pattern.length > 500) return 'longer than 500 characters';
  try {
    new RegExp(pattern, flags);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
  if (/\\[1-9]|\\k</.test(pattern)) return 'refers back to a group, which can take for ever';
  if (hasNestedRepetition(pattern))
    return 'repeats a group that repeats something or has alternatives, which can take for ever; write it without the outer repetition';
  return undefined;
}

/** Each alternative at the top begins with `^`, as itself or first thing in a group. */
export function isAnchored(pattern: string): boolean {
  return topAlternatives(pattern).every((part) => /^(?:\((?:\?:)?)*\^/.test(part));
}

interface Open {
  risky: boolean;
}

function hasNestedRepetition(pattern: string): boolean {
  const open: Open[] = [{ risky: false }];
  const mark = (): void => {
    const top = open.at(-1);
    if (top) top.risky = true;
  };
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at];
    if (char === '\\') at += 1;
    else if (char === '[') at = endOfClass(pattern, at);
    else if (char === '(') open.push({ risky: false });
    else if (char === '|') mark();
    else if (char === ')') {
      const closed = open.pop();
      const repeated = /^(?:[*+]|\{\d*,\}|\{\d*,?\d{2,}\})/.test(pattern.slice(at + 1));
      if (closed?.risky && repeated) return true;
      if (closed?.risky || repeated) mark();
    } else if (char === '*' || char === '+' || /^\{\d+,/.test(pattern.slice(at))) mark();
  }
  return false;
}

function topAlternatives(pattern: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < pattern.length; at += 1) {
    const char = pattern[at];
    if (char === '\\') at += 1;
    else if (char === '[') at = endOfClass(pattern, at);
    else if (char === '(') depth += 1;
    else if (char === ')') depth -= 1;
    else if (char === '|' && depth === 0) {
      parts.push(pattern.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, pattern.slice(from)];
}

function endOfClass(pattern: string, from: number): number {
  for (let at = from + 1; at < pattern.length; at += 1) {
    if (pattern[at] === '\\') at += 1;
    else if (pattern[at] === ']') return at;
  }
  return pattern.length;
}
