import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { githubAnnotations } from '../../../../src/core/measure/report/github-annotations.ts';
import { junitReport } from '../../../../src/core/measure/report/junit-report.ts';
import { markdownReport } from '../../../../src/core/measure/report/markdown-report.ts';
import { waterfallFile } from '../../../../src/core/measure/report/waterfall-svg.ts';
import { bootLanes, comparison } from '../../../support/comparisons.ts';

/** SYSMONVM_UPDATE_GOLDEN=1 writes them anew. */
const update = process.env['SYSMONVM_UPDATE_GOLDEN'] === '1';
const folder = new URL('../../../golden/report/', import.meta.url);
const texts: Readonly<Record<string, string>> = {
  'report.md': markdownReport(comparison()),
  'junit.xml': junitReport(comparison()),
  'annotations.txt': githubAnnotations(comparison()),
  'waterfall.svg': waterfallFile('Boot 3 of pr-41', bootLanes),
};

describe('reports of one comparison [H-42] [M-25]', () => {
  it.each(Object.entries(texts))('%s is what was looked at', (name, text) => {
    const file = new URL(name, folder);
    if (update) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, text);
    }
    expect(existsSync(file)).toBe(true);
    expect(text).toBe(readFileSync(file, 'utf8'));
  });
});
