import { readFile } from 'node:fs/promises';
import { isCollection, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { ParsedConfigFile, Position } from '../../core/config/parsed-config-file.ts';
import { fail } from '../../core/errors/sysmonvm-error.ts';

/**
 * Reads config.yaml (JSON is YAML too) with the position of every key; undefined when there is none.
 * @throws config.unreadable naming line and column.
 */
export async function readConfigFile(path: string): Promise<ParsedConfigFile | undefined> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const why =
      code === 'EISDIR' ? 'it is a directory' : code === 'EACCES' ? 'this user may not read it' : String(code ?? cause);
    fail('config.unreadable', `${path} cannot be read: ${why}.`, {
      details: { path, code },
      next: [`ls -ld ${path}`],
      cause,
    });
  }
  return parseConfigText(text, path);
}

export function parseConfigText(text: string, path: string): ParsedConfigFile {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const at = (offset: number): Position => {
    const { line, col } = counter.linePos(offset);
    return { line, column: col };
  };
  const problems = [...document.errors, ...document.warnings].map((error) => ({
    file: path,
    ...at(error.pos[0]),
    message: error.message.split('\n')[0],
  }));
  if (problems.length > 0) {
    const lines = problems.map(({ line, column, message }) => `${path}:${line}:${column}: ${message}`);
    fail('config.unreadable', lines.join('\n'), {
      details: { path, findings: problems },
      next: ['sysmonvm config validate'],
    });
  }
  const positions = new Map<string, Position>();
  notePositions(document.contents, '', at, positions);
  try {
    return { path, values: document.toJS({ maxAliasCount: 100 }) ?? {}, positions };
  } catch (cause) {
    fail('config.unreadable', `${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      details: { path },
      cause,
    });
  }
}

function notePositions(
  node: Node | null,
  prefix: string,
  at: (offset: number) => Position,
  into: Map<string, Position>,
): void {
  if (!isCollection(node)) return;
  const note = (key: string, start: Node, value: Node | null): void => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    if (start.range) into.set(path, at(start.range[0]));
    notePositions(value, path, at, into);
  };
  if (isMap<Node, Node | null>(node)) {
    for (const { key, value } of node.items) note(isScalar(key) ? String(key.value) : String(key), key, value);
  } else if (isSeq<Node>(node)) {
    for (const [index, item] of node.items.entries()) note(String(index), item, item);
  }
}
