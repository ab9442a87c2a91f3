import { describe, expect, it } from 'vitest';
import {
  globalViolations,
  importCycles,
  layerViolations,
  missingFiles,
  nameViolations,
  sizes,
  unreachable,
} from './house-rules.ts';
import { parseSource } from './source-tree.ts';

const broken = (path: string, text: string) => layerViolations(parseSource(path, text));

describe('the checks of the house can fail', () => {
  it('core may not reach host, Node or a package that is not its own', () => {
    expect(broken('src/core/a.ts', "import { b } from '../host/b.ts';")).toEqual([
      'src/core/a.ts: core may not import src/host/b.ts',
    ]);
    expect(broken('src/core/a.ts', "import type { Stats } from 'node:fs';")).toEqual([
      'src/core/a.ts: core does no I/O but imports node:fs',
    ]);
    expect(broken('src/core/a.ts', "import { parse } from 'yaml';")).toEqual([
      'src/core/a.ts: core imports yaml, whose home is host/store',
    ]);
    expect(broken('src/core/a.ts', "export * from '../core/b.ts';\nimport { z } from 'zod';")).toEqual([]);
  });

  it('sees every form of import', () => {
    const file = parseSource(
      'src/app/a.ts',
      "export { x } from '../host/1.ts';\nimport '../host/2.ts';\ntype T = import('../host/3.ts').T;\nawait import('../host/4.ts');",
    );
    expect(layerViolations(file)).toHaveLength(4);
  });

  it('is not misled by comments and strings', () => {
    expect(broken('src/core/a.ts', "// import { x } from 'node:fs';\nconst text = \"import 'node:fs'\";")).toEqual([]);
  });

  it('cli reaches screens only lazily', () => {
    expect(broken('src/cli/a.ts', "import { Bar } from '../ink/bar.tsx';")).toEqual([
      'src/cli/a.ts: cli imports src/ink/bar.tsx, allowed only lazily',
    ]);
    expect(broken('src/cli/a.ts', "const { Bar } = await import('../ink/bar.tsx');")).toEqual([]);
  });

  it('packages without a home, tests in the product and files outside the rooms are refused', () => {
    expect(broken('src/host/a.ts', "import x from '@new/thing/part';")).toEqual([
      'src/host/a.ts: host imports the package @new/thing, which has no owner in the table',
    ]);
    expect(broken('src/host/a.ts', "import { x } from '../../test/x.ts';")).toEqual([
      'src/host/a.ts: host imports test/x.ts, which is not part of the product',
    ]);
    expect(broken('src/other/a.ts', '')).toHaveLength(1);
    expect(broken('src/host/facts.ts', "import execa from 'execa';")).toEqual([
      'src/host/facts.ts: host imports execa, whose home is host/process',
    ]);
  });

  it('finds cycles once, imports of nothing, and files that nobody imports', () => {
    const a = parseSource('src/core/a.ts', "import './b.ts';");
    const b = parseSource('src/core/b.ts', "import './c.ts';");
    const c = parseSource('src/core/c.ts', "import './b.ts';");
    const d = parseSource('src/core/d.ts', "import './a.ts';");
    expect(importCycles([a, b, c, d])).toEqual(['src/core/b.ts → src/core/c.ts → src/core/b.ts']);
    expect(importCycles([a, b, d])).toEqual([]);
    expect(unreachable([a, b, c, d], ['src/core/a.ts'])).toEqual(['src/core/d.ts']);
    expect(missingFiles([a], () => false)).toEqual(['src/core/a.ts: imports src/core/b.ts, which does not exist']);
  });

  it('finds what belongs to one home only', () => {
    const text = 'process.exit(1);\nconsole.log(process.pid);\n';
    expect(globalViolations(parseSource('src/app/a.ts', text))).toEqual([
      'src/app/a.ts:1: process.exit belongs to src/host/process/signals.ts and src/main.ts',
      'src/app/a.ts:2: console.log belongs to src/main.ts and src/cli/',
    ]);
    expect(globalViolations(parseSource('src/main.ts', text))).toEqual([]);
    expect(globalViolations(parseSource('src/main.ts.ts', text))).toHaveLength(2);
  });

  it('finds empty words in paths and exports, and only as words', () => {
    expect(nameViolations(parseSource('src/host/string-utils.ts', ''))).toHaveLength(1);
    expect(nameViolations(parseSource('src/helpers/a.ts', ''))).toHaveLength(1);
    expect(
      nameViolations(
        parseSource(
          'src/core/a.ts',
          'export class VmManager {}\nexport const commonArgs = 1;\nexport const commonly = 1;',
        ),
      ),
    ).toHaveLength(2);
    expect(nameViolations(parseSource('src/core/camelCase.ts', ''))).toHaveLength(1);
  });

  it('counts lines and default exports', () => {
    expect(parseSource('src/core/a.ts', 'a;\nb;\n').lines).toBe(2);
    expect(parseSource('src/core/a.ts', 'export default 1;').hasDefaultExport).toBe(true);
    expect(parseSource('src/core/a.ts', 'export default function f() {}').hasDefaultExport).toBe(true);
    const files = [1, 2, 3, 4, 5, 6, 7, 8, 9, 100].map((lines) => parseSource('src/core/a.ts', '\n'.repeat(lines)));
    expect(sizes(files)).toEqual({ median: 6, p90: 100, largest: 100 });
  });
});
