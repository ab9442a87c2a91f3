import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { drawBoot } from '../../../src/app/measure/report/draw-boot.ts';
import { exportHistory } from '../../../src/app/measure/report/export-history.ts';
import { readHistory } from '../../../src/app/measure/report/read-history.ts';
import { writeReport } from '../../../src/app/measure/report/write-report.ts';
import type { Engine } from '../../../src/core/engine.ts';
import type { Comparison } from '../../../src/core/measure/comparison.ts';
import { documentSchemas } from '../../../src/core/wire/documents.ts';
import { systemClock } from '../../../src/host/process/system-clock.ts';
import { sha256 } from '../../../src/host/store/sha256.ts';
import { createTextFiles } from '../../../src/host/store/text-files.ts';
import { bootSeries, comparison, resultSet, wave } from '../../support/comparisons.ts';
import { keepResults, keptRuns } from '../../support/kept-results.ts';
import { cli } from '../../support/run-cli.ts';
import { readyVm } from '../../support/snapshots.ts';
import { elements, parseXml } from '../../support/strict-xml.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

/** The real operations on real files of a directory of the test. */
async function place(document: Comparison | string = comparison()) {
  const workspace = await temporaryDirectory();
  const deps = {
    files: createTextFiles(systemClock),
    directories: { workspace, cache: '', state: '', runtime: '' },
    clock: systemClock,
    pageAssets: async () => ({ script: 'start()', style: '.u-wrap{}' }),
    digestOfText: (text: string) => `sha256:${sha256(text)}`,
  };
  const engine: Partial<Engine> = {
    reports: {
      write: (request, call) => writeReport(deps, call, request),
      drawBoot: (request) => drawBoot(deps, request),
      history: (request, call) => readHistory(deps, call, request),
      exportHistory: (request, call) => exportHistory(deps, call, request),
    },
  };
  const at = (name: string) => join(workspace, name);
  writeFileSync(at('c.json'), typeof document === 'string' ? document : JSON.stringify(document));
  const report = (...args: readonly string[]) =>
    cli(['bench', 'report', '--comparison', at('c.json'), ...args], { engine });
  return { workspace, engine, at, report, read: (name: string) => readFileSync(at(name), 'utf8') };
}

describe('bench report', () => {
  it('writes every file, also of a regression, and ends with 0 [H-45] [H-46]', async () => {
    const { report, at, read } = await place();
    writeFileSync(at('boot_time.json'), JSON.stringify({ markers: { kernel_starts: 1.2, shell_prompt: 60.1 } }));
    const { code, json } = await report('--boot', at('boot_time.json'), '--out', at('out'), '--json');
    const document = documentSchemas['bench-report'].parse(json());
    expect([code, document.verdict]).toEqual([0, 'regressed']);
    expect(document.files.map(({ path }) => path)).toEqual(
      ['report.md', 'report.html', 'junit.xml', 'waterfall.svg'].map((name) => at(`out/${name}`)),
    );
    for (const { path, bytes } of document.files) expect(readFileSync(path)).toHaveLength(bytes);
    expect(read('out/report.md')).toContain('✗ Regressed');
    expect(read('out/waterfall.svg')).toContain('shell_prompt');
  });

  it.each([
    ['passed', 0],
    ['regressed', 1],
    ['inconclusive', 10],
  ] as const)('--exit-code ends with the code of %s', async (verdict, expected) => {
    const { report, at } = await place(comparison({ verdict }));
    expect((await report('--format', 'junit', '--out', at('j.xml'), '--exit-code')).code).toBe(expected);
  });

  it('prints the one format that was asked for, or writes it to the file [H-47]', async () => {
    const { report, at, read } = await place();
    const { stdout } = await report('--format', 'junit');
    expect(elements(parseXml(stdout), 'testcase')).toHaveLength(7);
    await report('--format', 'html', '--out', at('perf_regression_report.html'));
    expect(read('perf_regression_report.html')).toMatch(/^<!DOCTYPE html>/);
  });

  it('github: annotations on standard output, the summary after what is there', async () => {
    const { at, engine, read } = await place();
    writeFileSync(at('summary'), 'of an earlier step\n');
    const args = ['bench', 'report', '--comparison', at('c.json'), '--format', 'github'];
    const { stdout, stderr } = await cli(args, { engine, env: { GITHUB_STEP_SUMMARY: at('summary') } });
    expect(stdout.split('\n').every((line) => line === '' || line.startsWith('::'))).toBe(true);
    expect(read('summary')).toMatch(/^of an earlier step\n## ✗ Regressed/);
    expect(stderr).toContain(`written: ${at('summary')}`);
    expect((await cli(args, { engine })).stderr).toContain('GITHUB_STEP_SUMMARY is not set');
  });

  it('github: a summary without room for it is left as it is, and that is told', async () => {
    const { at, engine } = await place();
    writeFileSync(at('summary'), 'x'.repeat(1024 * 1024 - 100));
    const args = ['bench', 'report', '--comparison', at('c.json'), '--format', 'github'];
    const { stderr } = await cli(args, { engine, env: { GITHUB_STEP_SUMMARY: at('summary') } });
    expect(stderr).toContain('has room for 100 bytes more');
    expect(readFileSync(at('summary'))).toHaveLength(1024 * 1024 - 100);
  });

  it('draws the values of the two runs, from files or from directories', async () => {
    const { report, at, workspace, read } = await place();
    const [baseline, current] = [comparison().baseline.runId, comparison().current.runId];
    const series = [bootSeries(wave(13_245, 20))];
    keepResults(join(workspace, 'metrics'), [
      resultSet({ runId: baseline, series }),
      resultSet({ runId: current, series }),
    ]);
    const results = at('metrics/debian-12/x86_64/results');
    const file = `${results}/${current}.json`;
    await report('--format', 'html', '--baseline', results, '--current', file, '--out', at('r.html'));
    expect(read('r.html').match(/every dot a repetition/g)).toHaveLength(1);
    const { code, stderr } = await report('--format', 'html', '--baseline', file, '--out', at('other.html'));
    expect([code, stderr]).toEqual([
      3,
      expect.stringContaining(`holds the run ${current}; the comparison was made of`),
    ]);
    expect(() => read('other.html')).toThrow();
    mkdirSync(at('empty/else'), { recursive: true });
    expect((await report('--baseline', at('empty'))).stderr).toContain('error[report.other-run]');
  });

  it.each([
    ['not JSON', '{', 'not JSON: '],
    ['another document', '{"schemaVersion":1}', 'baseline: '],
    ['a later version', JSON.stringify({ ...comparison(), schemaVersion: 2 }), 'schemaVersion: '],
    [
      'a number that is none',
      JSON.stringify(comparison()).replace('"count":20', '"count":"20"'),
      'series.0.baseline.count',
    ],
  ])('refuses %s with file and field, and writes nothing', async (_what, text, told) => {
    const { report, at } = await place(text);
    const { code, stderr } = await report('--out', at('out'));
    expect([code, stderr]).toEqual([3, expect.stringContaining(told)]);
    expect(stderr).toContain(at('c.json'));
    expect(stderr).toContain('sysmonvm bench compare BASELINE CURRENT --json');
    expect(() => readFileSync(at('out/report.md'))).toThrow();
  });

  it('says what is missing: the option, the file', async () => {
    const { engine, at } = await place();
    expect(await cli(['bench', 'report'], { engine })).toMatchObject({ code: 2 });
    const { code, stderr } = await cli(['bench', 'report', '--comparison', at('none.json')], { engine });
    expect([code, stderr]).toEqual([3, expect.stringContaining('none.json does not exist')]);
  });
});

describe('vm-status --svg', () => {
  const start = Date.parse('2026-10-03T08:00:00Z');
  const at = (afterMs: number) => start + afterMs;

  it('draws the lanes of the last boot [M-11]', async () => {
    const { engine, at: path, read } = await place();
    const vm = readyVm({
      marks: [
        { name: 'process-started', at: at(0), source: 'host' },
        { name: 'initrd', at: at(900), source: 'console' },
        { name: 'ready', at: at(5000), source: 'host' },
      ],
    });
    const { code, stderr } = await cli(['vm-status', 'demo', '--svg', path('boot.svg')], {
      engine: { ...engine, status: async () => vm },
    });
    expect([code, stderr]).toEqual([0, `written: ${path('boot.svg')}\n`]);
    const document = parseXml(read('boot.svg'));
    expect(elements(document, 'title')[0]?.textContent).toMatch(/^build: .*, started 2026-10-03T08:00:00/);
    expect(elements(document, 'desc')[0]?.textContent).toContain(
      'on the console, source serial console, time of receipt: initrd: 0ms to 900ms',
    );
  });

  it('says so when there was no boot, and writes nothing', async () => {
    const { engine, at: path } = await place();
    const { code, stderr } = await cli(['vm-status', 'demo', '--svg', path('boot.svg')], {
      engine: { ...engine, status: async () => readyVm({ marks: [] }) },
    });
    expect([code, stderr]).toEqual([9, expect.stringContaining('there is no boot to draw')]);
    expect(existsSync(path('boot.svg'))).toBe(false);
  });
});

describe('bench history', () => {
  const history = (engine: Partial<Engine>, ...args: readonly string[]) =>
    cli(['bench', 'history', ...args], { engine });

  it('reads what the workspace keeps, and tells files that are no results [M-15] [H-57]', async () => {
    const { workspace, engine, at } = await place();
    keepResults(join(workspace, 'metrics'), keptRuns());
    writeFileSync(at('metrics/debian-12/x86_64/results/broken.json'), '{"schemaVersion":1}');
    const { code, stderr, json } = await history(engine, '--workload', 'boot', '--json');
    expect(code).toBe(0);
    const document = documentSchemas['bench-history'].parse(json());
    expect(document.series.map(({ points }) => points.length)).toEqual([28]);
    expect(document.unreadable).toEqual([
      { path: at('metrics/debian-12/x86_64/results/broken.json'), problem: expect.stringContaining('kind') },
    ]);
    expect(stderr).toContain('left out: ');
  });

  it('reads the runs of workloads, and how each was judged last [H-50] [H-52]', async () => {
    const { engine, at } = await place();
    const [run] = keptRuns(1);
    if (run === undefined) throw new Error('no run');
    const { attempts: _attempts, series: _series, ...current } = run;
    const judged = (verdict: Comparison['verdict']) =>
      JSON.stringify(comparison({ current: { ...current, source: 'here' }, verdict }));
    mkdirSync(at('perf_results/a/comparisons'), { recursive: true });
    writeFileSync(at('perf_results/a/results.json'), JSON.stringify(run));
    writeFileSync(at('perf_results/a/comparisons/results.20260801T030000Z.json'), judged('passed'));
    writeFileSync(at('perf_results/a/comparisons/results.20260802T030000Z.json'), judged('regressed'));
    const { json } = await history(engine, '--from', at('perf_results'), '--json');
    const { series } = documentSchemas['bench-history'].parse(json());
    expect(series.map(({ points }) => points.map(({ verdict }) => verdict))).toEqual(series.map(() => ['regressed']));
    expect(series).toHaveLength(3);
  });

  it('filters by guest, architecture, metric and day, and reads another tree', async () => {
    const { engine, at } = await place();
    keepResults(at('elsewhere'), keptRuns());
    const count = async (...args: readonly string[]) => {
      const { json } = await history(engine, '--from', at('elsewhere'), '--json', ...args);
      return documentSchemas['bench-history'].parse(json()).series.map(({ points }) => points.length);
    };
    expect(await count()).toEqual([28, 27, 27]);
    expect(await count('--metric', 'throughput')).toEqual([27, 27]);
    expect(await count('--arch', 'aarch64')).toEqual([]);
    expect(await count('--guest', 'fedora-44')).toEqual([]);
    expect(await count('--metric', 'total', '--since', '2026-08-03', '--until', '2026-08-05')).toEqual([2]);
    expect(await count('--metric', 'total', '--until', '2026-08-03T01:00:00Z')).toEqual([1]);
  });

  it('--export writes a page and its data, with links to commits [H-54]', async () => {
    const { workspace, engine, at, read } = await place();
    const [run] = keptRuns(1);
    keepResults(join(workspace, 'metrics'), [{ ...(run ?? resultSet()), label: '</script><script>alert(1)</script>' }]);
    const url = 'https://example.org/commit/{commit}';
    const { stdout } = await history(engine, '--export', at('site'), '--commit-url', url);
    expect(stdout).toBe(`${at('site/index.html')}\n${at('site/data.json')}\n`);
    const data = documentSchemas['bench-history-data'].parse(JSON.parse(read('site/data.json')));
    expect(data).toMatchObject({ commitUrl: url });
    expect(data.series).toHaveLength(3);
    expect(read('site/index.html').match(/<script/g)).toHaveLength(2);
    expect(read('site/index.html')).not.toContain(workspace);
  });

  it.each([
    ['--since', 'yesterday'],
    ['--until', '2026-13-40'],
    ['--commit-url', 'javascript:alert({commit})'],
    ['--commit-url', 'https://example.org/'],
  ])('refuses %s %s', async (flag, value) => {
    const { engine } = await place();
    const { code, stderr } = await history(engine, flag, value);
    expect([code, stderr]).toEqual([2, expect.stringContaining(`${flag} is "${value}"`)]);
  });

  it('says where it looked when there is nothing', async () => {
    const { engine, at } = await place();
    const { code, stdout, stderr } = await history(engine);
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain(`No results below ${at('metrics')}`);
  });
});
