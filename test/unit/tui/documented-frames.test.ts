import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { helpLines } from '../../../src/tui/overlays/help-lines.ts';
import { lineText } from '../../../src/tui/parts/styled-line.ts';

/** docs/tui.md shows the frames that the tests of the screens compare. SYSMONVM_UPDATE_GOLDEN=1 writes them anew. */
const page = new URL('../../../docs/tui.md', import.meta.url);
const marked = /(<!-- frame: ([\w-]+); [^\n]+ -->\n```text\n)([\s\S]*?)(```)/g;

function frameOf(name: string): string {
  const text =
    name === 'keys'
      ? `${helpLines()
          .map((line) => lineText(line).trimEnd())
          .join('\n')}`
      : readFileSync(new URL(`../../golden/tui/${name}.txt`, import.meta.url), 'utf8');
  const lines = text
    .replaceAll(/\n{2,}/g, '\n\n')
    .trim()
    .split('\n');
  // A margin, so that no line reads as a command.
  return lines
    .map((line) => `│ ${line}`.trimEnd())
    .join('\n')
    .concat('\n');
}

describe('docs/tui.md', () => {
  it('shows the screens as they are', () => {
    const text = readFileSync(page, 'utf8');
    const current = text.replaceAll(
      marked,
      (_, head: string, name: string, __: string, end: string) => head + frameOf(name) + end,
    );
    if (process.env['SYSMONVM_UPDATE_GOLDEN'] === '1') writeFileSync(page, current);
    expect([...text.matchAll(marked)].map(([, , name]) => name)).toEqual([
      'fleet-100',
      'vm-0001-boot-100',
      'vm-0003-failure-100',
      'create-100',
      'keys',
    ]);
    expect(readFileSync(page, 'utf8')).toBe(current);
  });
});
