import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { referencePages } from '../../../scripts/reference-pages.ts';
import { allCommands } from '../../../src/commands/all-commands.ts';
import { errorCodes } from '../../../src/core/errors/codes.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const pages = await referencePages();

function sources(): string {
  const files = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => /\.tsx?$/.test(file) && !/errors\/codes/.test(file))
    .map((file) => readFileSync(join(root, 'src', file), 'utf8'))
    .join('\n');
}

describe('reference pages', () => {
  it.each(Object.keys(pages))('%s is current; if not: node scripts/generate-reference.mjs', (path) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(pages[path]);
  });
  it('hold every command and every error code', () => {
    for (const { name } of allCommands) expect(pages['docs/reference/commands.md']).toContain(`\n### ${name}\n`);
    for (const code of Object.keys(errorCodes)) expect(pages['docs/reference/errors.md']).toContain(`\n## ${code}\n`);
  });
});

describe('error codes', () => {
  const text = sources();
  it('are all used somewhere', () => {
    const unused = Object.keys(errorCodes).filter((code) => !text.includes(`'${code}'`));
    expect(unused).toEqual([]);
  });
  it('are used only when the table has them', () => {
    const used = [...text.matchAll(/(?:fail|new SysmonvmError|refuse)\(\s*'([a-z]+\.[a-z-]+)'/g)].map(
      ([, code]) => code ?? '',
    );
    expect(used.length).toBeGreaterThan(50);
    expect(used.filter((code) => !Object.hasOwn(errorCodes, code))).toEqual([]);
  });
  it('have a cause and a remedy in sentences', () => {
    for (const [code, { cause, remedy }] of Object.entries(errorCodes)) {
      expect(cause, code).toMatch(/^\S.*\.$/s);
      expect(remedy, code).toMatch(/^\S.*\.$/s);
    }
  });
});
