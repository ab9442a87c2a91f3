/**
 * JSON without what lets two readers see two different documents: a key twice in one object, or `__proto__`.
 * JSON.parse makes the value; the scan before it only decides whether there is one, and where it is wrong.
 */
export type StrictJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: string; readonly line: number; readonly column: number };

const maximumDepth = 64;
const space = /[ \t\n\r]*/y;
/** Everything from the space on, but for quotation mark and backslash. */
const stringToken = /"[ !#-[\]-\uffff]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[ !#-[\]-\uffff]*)*"/y;
const plainToken = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

interface Problem {
  readonly at: number;
  readonly what: string;
}

interface Scan {
  readonly text: string;
  at: number;
}

export function readStrictJson(text: string): StrictJson {
  const scan: Scan = { text, at: 0 };
  const problem = scanValue(scan, 0) ?? scanEnd(scan);
  if (problem === undefined) return { ok: true, value: JSON.parse(text) as unknown };
  const before = text.slice(0, problem.at).split('\n');
  return { ok: false, problem: problem.what, line: before.length, column: (before.at(-1) ?? '').length + 1 };
}

function take(scan: Scan, token: RegExp): string | undefined {
  token.lastIndex = scan.at;
  const found = token.exec(scan.text)?.[0];
  if (found !== undefined) scan.at += found.length;
  return found;
}

function takeMark(scan: Scan, mark: string): boolean {
  take(scan, space);
  if (scan.text[scan.at] !== mark) return false;
  scan.at += 1;
  return true;
}

function unexpected(scan: Scan, wanted: string): Problem {
  take(scan, space);
  const found = scan.text[scan.at];
  const what = found === undefined ? 'the text ends' : `${JSON.stringify(found)} stands`;
  return { at: scan.at, what: `${what} where ${wanted} is expected` };
}

function scanValue(scan: Scan, depth: number): Problem | undefined {
  if (depth > maximumDepth) return { at: scan.at, what: `more than ${maximumDepth} levels` };
  if (takeMark(scan, '{')) return scanObject(scan, depth);
  if (takeMark(scan, '[')) return scanArray(scan, depth);
  return (take(scan, stringToken) ?? take(scan, plainToken)) === undefined ? unexpected(scan, 'a value') : undefined;
}

function scanArray(scan: Scan, depth: number): Problem | undefined {
  if (takeMark(scan, ']')) return undefined;
  for (;;) {
    const problem = scanValue(scan, depth + 1);
    if (problem !== undefined) return problem;
    if (takeMark(scan, ']')) return undefined;
    if (!takeMark(scan, ',')) return unexpected(scan, '"," or "]"');
  }
}

function scanObject(scan: Scan, depth: number): Problem | undefined {
  if (takeMark(scan, '}')) return undefined;
  const keys = new Set<string>();
  for (;;) {
    const problem = scanKey(scan, keys) ?? scanValue(scan, depth + 1);
    if (problem !== undefined) return problem;
    if (takeMark(scan, '}')) return undefined;
    if (!takeMark(scan, ',')) return unexpected(scan, '"," or "}"');
  }
}

function scanKey(scan: Scan, keys: Set<string>): Problem | undefined {
  take(scan, space);
  const at = scan.at;
  const token = take(scan, stringToken);
  if (token === undefined) return unexpected(scan, 'a key in quotation marks');
  const key = JSON.parse(token) as string;
  if (key === '__proto__') return { at, what: 'the key "__proto__" is not allowed' };
  if (keys.has(key)) return { at, what: `the key ${token} is there twice in one object` };
  keys.add(key);
  return takeMark(scan, ':') ? undefined : unexpected(scan, '":"');
}

function scanEnd(scan: Scan): Problem | undefined {
  take(scan, space);
  return scan.at === scan.text.length ? undefined : unexpected(scan, 'the end');
}
