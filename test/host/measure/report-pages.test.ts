import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildPage } from '../../../scripts/build-page.mjs';
import { exportHistory } from '../../../src/app/measure/report/export-history.ts';
import { htmlReport } from '../../../src/core/measure/report/html-report.ts';
import { waterfallFile } from '../../../src/core/measure/report/waterfall-svg.ts';
import { systemClock } from '../../../src/host/process/system-clock.ts';
import { sha256 } from '../../../src/host/store/sha256.ts';
import { createTextFiles } from '../../../src/host/store/text-files.ts';
import { Browser, type OpenedPage } from '../../support/browser.ts';
import { bootLanes, bootSeries, comparison, resultSet, wave } from '../../support/comparisons.ts';
import { keepComparison, keepResults, keptRuns } from '../../support/kept-results.ts';
import { projectRoot } from '../../unit/project/source-tree.ts';

const directory = mkdtempSync(join(tmpdir(), 'sm-pages-'));
const hostile = '<script>document.title="owned"</script><img src=x onerror="document.title=1">';
const address = (name: string) => pathToFileURL(join(directory, name)).href;
let browser: Browser;

beforeAll(async () => {
  const metrics = join(directory, 'metrics');
  const runs = keptRuns();
  keepResults(metrics, runs);
  keepResults(metrics, [
    resultSet({ arch: 'aarch64', runId: 'arm', series: [bootSeries(wave(40_000, 9), { workload: hostile })] }),
  ]);
  if (runs[13] !== undefined) keepComparison(metrics, runs[13], 'regressed');
  const { script, style } = await buildPage(projectRoot);
  await exportHistory(
    {
      directories: { workspace: directory, cache: '', state: '', runtime: '' },
      clock: systemClock,
      files: createTextFiles(systemClock),
      pageAssets: async () => ({ script, style }),
      digestOfText: (text) => `sha256:${sha256(text)}`,
    },
    { requestId: 'test', signal: new AbortController().signal, report: () => {} },
    { filter: {}, directory: join(directory, 'site'), commitUrl: 'https://example.org/commit/{commit}' },
  );
  mkdirSync(join(directory, 'report'), { recursive: true });
  const set = (middle: number) => [bootSeries(wave(middle, 20))];
  const extras = { baseline: set(13_245), current: set(15_120), boots: [{ title: hostile, lanes: bootLanes }] };
  writeFileSync(join(directory, 'report', 'report.html'), htmlReport(comparison({ notes: [hostile] }), extras));
  writeFileSync(join(directory, 'report', 'waterfall.svg'), waterfallFile(hostile, bootLanes));
  browser = new Browser();
}, 60_000);
afterAll(async () => {
  await browser?.close();
  rmSync(directory, { recursive: true, force: true });
});

const overflow = (page: OpenedPage) =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
const text = (page: OpenedPage, selector: string) =>
  page.evaluate<string>(`document.querySelector(${JSON.stringify(selector)})?.textContent ?? ''`);

describe.each([
  { width: 360, dark: false },
  { width: 1280, dark: true },
])('at $width px, dark: $dark', ({ width, dark }) => {
  const size = { width, height: 900, dark };

  it('the report is shown without a complaint and without being wider than the window [H-45]', async () => {
    const page = await browser.open(address('report/report.html'), size);
    expect(await overflow(page)).toBe(0);
    expect(await page.evaluate('document.scripts.length + document.images.length')).toBe(0);
    expect(await page.evaluate('document.querySelectorAll("svg[role=img]").length')).toBeGreaterThan(4);
    expect(await text(page, 'li:last-child')).toContain(hostile);
    expect(page.complaints).toEqual([]);
  });

  it('the history is shown without a complaint, with a chart a series [H-50] [M-33]', async () => {
    const page = await browser.open(address('site/index.html'), size);
    expect(page.complaints).toEqual([]);
    expect(await overflow(page)).toBe(0);
    expect(await page.evaluate('document.querySelectorAll("figure canvas").length')).toBe(4);
    expect(await page.evaluate('document.images.length')).toBe(0);
    expect(await page.evaluate('document.title')).toBe('Measurements');
    const painted = `(() => { const canvas = document.querySelector('canvas');
      return canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0); })()`;
    expect(await page.evaluate(painted)).toBe(true);
  });
});

describe('the history page', () => {
  let page: OpenedPage;
  beforeAll(async () => {
    page = await browser.open(address('site/index.html'), { width: 1000, height: 900 });
  });
  const choose = (name: string, value: string) =>
    page.evaluate(`(() => { const control = document.querySelector('#filters [name=${name}]');
      control.value = ${JSON.stringify(value)}; control.dispatchEvent(new Event('input', { bubbles: true })); })()`);

  it('filters by workload, architecture and date [H-53]', async () => {
    expect(await text(page, '#shown')).toBe('4 of 4 series, 29 runs');
    await choose('arch', 'x86_64');
    expect(await text(page, '#shown')).toBe('3 of 4 series, 28 runs');
    await choose('workload', 'boot');
    expect(await text(page, '#shown')).toBe('1 of 4 series, 28 runs');
    await choose('from', '2026-09-10');
    expect(await text(page, '#shown')).toBe('1 of 4 series, 8 runs');
    expect(await text(page, 'figure')).not.toContain('hardware A');
    await page.evaluate('document.querySelector("#filters button").click()');
    await page.evaluate('new Promise((resolve) => setTimeout(resolve, 20))');
    expect(await text(page, '#shown')).toBe('4 of 4 series, 29 runs');
  });

  it('links each point to its commit, and shows how it was judged [H-50] [H-52]', async () => {
    await choose('workload', 'boot');
    const links = await page.evaluate<string[]>(
      '[...document.querySelectorAll("figure td a")].map((link) => link.href)',
    );
    expect(links).toHaveLength(28);
    expect(new Set(links).size).toBe(28);
    expect(links.every((link) => link.startsWith('https://example.org/commit/'))).toBe(true);
    expect(await text(page, 'figure td.regressed')).toBe('regressed');
  });

  it('compares main with the last release, and never across hardware [H-51]', async () => {
    expect(await text(page, '#labels table')).toMatch(/boot: total.*v?1?.*35\d{3} ms.*35\d{3} ms.*%/);
    await page.evaluate(`(() => { const control = document.querySelector('#release-label');
      control.value = 'v1.1.0'; control.dispatchEvent(new Event('input', { bubbles: true })); })()`);
    expect(await text(page, '#labels tbody')).toContain('other hardware, not compared');
    expect(await text(page, '#labels tbody')).not.toContain('%');
  });

  it('is used with the keyboard alone', async () => {
    await page.evaluate('document.querySelector(".chart").focus()');
    await page.press('End');
    const last = await text(page, '.readout');
    expect(last).toMatch(/^main-20260924T020000Z, .* hardware B/);
    await page.press('ArrowLeft');
    expect(await text(page, '.readout')).toMatch(/^main-20260922T020000Z/);
    expect(await page.evaluate('document.querySelector(".readout a").href')).toMatch(/\/commit\/1a/);
    expect(page.complaints).toEqual([]);
  });
});

describe('this test', () => {
  it('hears a page that complains, and sees one that is too wide', async () => {
    const policy = '<meta http-equiv="Content-Security-Policy" content="script-src \'none\'">';
    const wide = '<p style="width: 5000px">wide</p>';
    writeFileSync(join(directory, 'bad.html'), `${policy}<script>document.title = "ran"</script>${wide}`);
    const page = await browser.open(address('bad.html'), { width: 500, height: 500 });
    expect(page.complaints.join()).toContain('Content Security Policy');
    expect(await overflow(page)).toBeGreaterThan(4000);
  });
});

describe('the waterfall', () => {
  it('is a picture of its own, and its texts do not overlap', async () => {
    const page = await browser.open(address('report/waterfall.svg'), { width: 900, height: 500 });
    const overlaps = await page.evaluate<string[]>(`(() => {
      const texts = [...document.querySelectorAll('text')].map((one) => ({ words: one.textContent, box: one.getBBox() }));
      return texts.flatMap(({ words, box }, index) => texts.slice(index + 1).flatMap((other) =>
        box.x < other.box.x + other.box.width && other.box.x < box.x + box.width &&
        box.y + 3 < other.box.y + other.box.height - 3 && other.box.y + 3 < box.y + box.height - 3
          ? [words + ' / ' + other.words] : []));
    })()`);
    expect(overlaps).toEqual([]);
    expect(await page.evaluate('document.querySelectorAll("script").length')).toBe(0);
    expect(page.complaints).toEqual([]);
  });
});
