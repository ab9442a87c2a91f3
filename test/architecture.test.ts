import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  globalViolations,
  importCycles,
  layers,
  layerViolations,
  missingFiles,
  nameViolations,
  packageOwners,
  sizes,
  unreachable,
} from './unit/project/house-rules.ts';
import { projectRoot, readTree } from './unit/project/source-tree.ts';

const sources = readTree('src');
const tests = readTree('test');
const generators = readTree('scripts');
const budget = { sourceLines: 300, testLines: 500, medianLines: 80, p90Lines: 200 };
const exists = (path: string) => existsSync(join(projectRoot, path));

describe('the house', () => {
  it('lets every file import only what its layer may', () => {
    expect(sources.flatMap(layerViolations)).toEqual([]);
  });

  it('has no import that leads nowhere', () => {
    expect(missingFiles([...sources, ...tests], exists)).toEqual([]);
  });

  it('has no import cycles', () => {
    expect(importCycles(sources)).toEqual([]);
  });

  it('has no default exports', () => {
    expect(sources.filter(({ hasDefaultExport }) => hasDefaultExport).map(({ path }) => path)).toEqual([]);
  });

  it('ends the process, listens to signals and writes to the console in one home each', () => {
    expect(sources.flatMap(globalViolations)).toEqual([]);
  });

  it('names things for what they are', () => {
    expect([...sources, ...tests].flatMap(nameViolations)).toEqual([]);
  });

  it.skipIf(!exists('src/main.ts'))('has no file that neither the entry nor a script reaches', () => {
    expect(
      unreachable(
        [...sources, ...generators],
        [
          'src/main.ts',
          'src/checker/main.ts',
          'src/page/main.ts',
          'src/host/bundle/inject.ts',
          ...generators.map(({ path }) => path),
        ],
      ),
    ).toEqual([]);
  });

  it('keeps files small', async ({ annotate }) => {
    const { median, p90, largest } = sizes(sources);
    await annotate(`src: ${sources.length} files, median ${median}, p90 ${p90}, largest ${largest} lines`);
    expect(
      sources.filter(({ lines }) => lines > budget.sourceLines).map(({ path, lines }) => `${path}: ${lines}`),
    ).toEqual([]);
    expect(tests.filter(({ lines }) => lines > budget.testLines).map(({ path, lines }) => `${path}: ${lines}`)).toEqual(
      [],
    );
    expect(median).toBeLessThanOrEqual(budget.medianLines);
    expect(p90).toBeLessThanOrEqual(budget.p90Lines);
  });
});

describe('ARCHITECTURE.md', () => {
  const text = readFileSync(join(projectRoot, 'ARCHITECTURE.md'), 'utf8');

  it('shows the table of layers that is checked here', () => {
    for (const [layer, { mayImport, lazily = [] }] of Object.entries(layers)) {
      const row = text.split('\n').find((line) => line.startsWith(`| \`${layer}\` |`));
      expect(row, `a row for ${layer}`).toBeDefined();
      const [, , imports = '', whenNeeded = ''] = row?.split('|').map((cell) => cell.trim()) ?? [];
      expect(imports.split(', ')).toEqual([...mayImport]);
      expect(whenNeeded === '' ? [] : whenNeeded.split(', ')).toEqual([...lazily]);
    }
  });

  it('shows the home of every package', () => {
    for (const [name, owners] of Object.entries(packageOwners))
      expect(text).toContain(`| \`${name}\` | ${owners.join(', ')} |`);
  });

  it('gives a home only to packages that are there', () => {
    const { devDependencies } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
      devDependencies: Record<string, string>;
    };
    expect(Object.keys(packageOwners).filter((name) => !(name in devDependencies))).toEqual([]);
  });
});
