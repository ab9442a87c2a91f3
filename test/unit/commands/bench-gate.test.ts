import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { comparisonSchema } from '../../../src/core/measure/comparison-schema.ts';
import { seededRandom } from '../../../src/core/measure/statistics/seeded-random.ts';
import { documentSchemas } from '../../../src/core/wire/documents.ts';
import { judgingBench } from '../../support/judging-engine.ts';
import { bootSeries, lognormalBoots, resultSet } from '../../support/measured-results.ts';

const bootTime = (ms: number | null, more = {}) => ({
  ...{ arch: 'i386', timestamp: '2025-11-02T10:00:00Z', qemu_mode: 'KVM', boot_duration_ms: ms },
  ...{ markers: { kernel_starts: 1.2, shell_prompt: 60.1 }, paths: {} },
  ...more,
});
const summary = { arch: 'i386', run_count: 5, min_ms: 60_000, max_ms: 70_000, avg_ms: 66_000, recent: [] };
const random = seededRandom(6, 'gate');
const before = lognormalBoots(random, 25, 0.03);
const again = (factor: number) => lognormalBoots(random, 25, 0.03, factor);

describe('one number', () => {
  it.each([
    [65_000, 20, 0, 'PASSED'],
    [55_000, 20, 0, 'PASSED'],
    [54_999, 20, 1, 'REGRESSION'],
    [65_000, 1, 1, 'REGRESSION'],
  ])('66000 ms by %d ms ± %d %%: exit %d, %s [M-20] [M-25] [M-48]', async (baseline, tolerance, exit, word) => {
    const { run, write } = await judgingBench();
    const file = await write('metrics/minix/i386/boot_time.json', bootTime(66_000));
    const gate = ['gate', '--metrics', file, '--baseline-ms', String(baseline), '--tolerance', String(tolerance)];
    const { code, stdout } = await run(gate);
    expect(code).toBe(exit);
    expect(stdout).toContain(`Baseline: ${baseline} ms, Measured: 66000 ms, Tolerance: +-${tolerance}%\n${word}: `);
    expect(stdout).toContain('a single value is judged by the tolerance alone');
    expect((await run([...gate, '--legacy-exit'])).code).toBe(exit === 1 ? 2 : 0);
  });

  it('20 % unless another tolerance is given [E.2-2]', async () => {
    const { run, write } = await judgingBench();
    const file = await write('b.json', bootTime(78_000));
    expect((await run(['gate', '--metrics', file, '--baseline-ms', '65000'])).code).toBe(0);
    const beyond = await write('c.json', bootTime(78_001));
    expect((await run(['gate', '--metrics', beyond, '--baseline-ms', '65000'])).code).toBe(1);
  });

  it('faster than the lower bound is a warning, not a failure [M-26]', async () => {
    const { run, write } = await judgingBench();
    const file = await write('b.json', bootTime(40_000));
    const { code, stdout } = await run(['gate', '--metrics', file, '--baseline-ms', '65000']);
    expect([code, stdout]).toEqual([0, expect.stringContaining('WARNING: better than the bound of 52000 ms')]);
  });

  it.each([
    ['null', bootTime(null), 'it was not completed'],
    ['a timeout', bootTime(null, { outcome: 'timeout' }), 'the boot timed out'],
    ['a timeout that was published as a time', bootTime(180_022, { outcome: 'timeout' }), 'the boot timed out'],
    ['a failure', bootTime(null, { outcome: 'failed', message: 'kernel panic' }), 'kernel panic'],
    ['no boots at all', { ...summary, run_count: 0, avg_ms: null, min_ms: null, max_ms: null }, 'not completed'],
  ])('%s is inconclusive: exit 10 [M-20]', async (_what, content, words) => {
    const { run, write } = await judgingBench();
    const file = await write('b.json', content);
    const { code, stdout } = await run(['gate', '--metrics', file, '--baseline-ms', '65000']);
    expect([code, stdout]).toEqual([10, expect.stringMatching(/^INCONCLUSIVE: .*b\.json tells no time: /)]);
    expect(stdout).toContain(words);
  });

  it.each([
    [bootTime(0), 'boot_duration_ms: expected milliseconds above 0 or null, not 0'],
    [{ boot_duration_ms: '65' }, 'boot_duration_ms: expected milliseconds'],
    [{ ...summary, avg_ms: -1 }, 'avg_ms: expected milliseconds'],
  ])('%j is refused with file, line and field, exit 3', async (content, words) => {
    const { run, write, path } = await judgingBench();
    await write('b.json', content);
    const { code, stderr } = await run(['gate', '--metrics', path('b.json'), '--baseline-ms', '65000']);
    expect([code, stderr]).toEqual([3, expect.stringMatching(/b\.json:\d+:\d+: /)]);
    expect(stderr).toContain(words);
  });

  it('a baseline file, JSON or YAML, and the average of a summary [M-23] [M-52] [M-53] [H-44]', async () => {
    const { run, write } = await judgingBench();
    const current = await write('summary.json', summary);
    const json = await write('baseline.json', { avg_ms: 65_000, note: 'release 3.4' });
    const yaml = await write('baseline.yaml', 'avg_ms: 65000\nnote: by hand\n');
    for (const baseline of [json, yaml]) {
      expect((await run(['gate', '--summary', current, '--baseline', baseline, '--tolerance', '2'])).code).toBe(0);
      const slower = await run(['gate', '--summary', current, '--baseline', baseline, '--tolerance', '1']);
      expect([slower.code, slower.stdout]).toEqual([1, expect.stringContaining('the average of 5 boots')]);
      expect((await run(['gate', '--metrics', current, '--baseline-json', baseline])).code).toBe(0);
    }
  });

  it('exactly one of each side [M-52]', async () => {
    const { run, write } = await judgingBench();
    const file = await write('b.json', bootTime(1));
    const both = await run(['gate', '--metrics', file, '--baseline-ms', '1', '--baseline-json', file]);
    expect([both.code, both.stderr]).toEqual([2, expect.stringContaining('--baseline-ms and --baseline-json exclude')]);
    const none = await run(['gate', '--baseline-ms', '1']);
    expect([none.code, none.stderr]).toEqual([2, expect.stringContaining('say what to judge')]);
    const wrong = await run(['gate', '--metrics', file, '--baseline-ms', '65 s']);
    expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('milliseconds above 0')]);
  });

  it('without a baseline the gate is skipped and says so [M-21]', async () => {
    const { run, write } = await judgingBench();
    const file = await write('b.json', bootTime(66_000));
    for (const none of [[], ['--baseline-ms', ''], ['--baseline-ms', ' ', '--baseline-json', '']]) {
      const { code, stdout } = await run(['gate', '--metrics', file, ...none]);
      expect([code, stdout]).toEqual([0, 'Gate skipped: no baseline was given.\n']);
    }
    const { json } = await run(['gate', '--metrics', file, '--json']);
    expect(documentSchemas.gate.parse(json())).toMatchObject({ skipped: true });
  });
});

describe('samples', () => {
  it('the verdict is the exit code, and the report metric by metric [H-41] [H-42]', async () => {
    const { run, write } = await judgingBench();
    const baseline = await write('a.json', resultSet([bootSeries(before)]));
    const results = { same: 1, slower: 1.15, faster: 0.85 };
    const codes: Record<string, number> = {};
    for (const [name, factor] of Object.entries(results)) {
      const current = await write(`${name}.json`, resultSet([bootSeries(again(factor))]));
      const { code, stdout } = await run(['gate', '--current', current, '--baseline', baseline]);
      codes[name] = code;
      expect(stdout).toMatch(/METRIC +BASELINE +CURRENT +DELTA +INTERVAL +LIMIT +VERDICT/);
      expect(stdout).toMatch(
        /boot boot_total +\d+ ms \(n=25\) +\d+ ms \(n=25\) +[+-]\d+\.\d % +\S+ % to \S+ % +5 % and 200 ms/,
      );
    }
    expect(codes).toEqual({ same: 0, slower: 1, faster: 0 });
  });

  it('keeps each judgement beside the result, for the history, and none twice or over another [H-52] [H-57]', async () => {
    const { run, write, path } = await judgingBench();
    const baseline = await write('a.json', resultSet([bootSeries(before)]));
    const set = resultSet([bootSeries(again(1.2))]);
    const current = await write('metrics/g/x86_64/results/run-1.json', set);
    const workloads = await write('perf_results/run-1/results.json', set);
    const gate = (file: string, ...more: readonly string[]) =>
      run(['gate', '--current', file, '--baseline', baseline, ...more]);
    const kept = (folder: string) => readdirSync(path(folder));
    const first = await gate(current);
    expect([first.code, first.stderr]).toEqual([
      1,
      expect.stringContaining(path('metrics/g/x86_64/comparisons/run-1.')),
    ]);
    await gate(current);
    const [only = ''] = kept('metrics/g/x86_64/comparisons');
    expect(only).toMatch(/^run-1\.\d{8}T\d{6}Z\.json$/);
    const told = JSON.parse(readFileSync(path(`metrics/g/x86_64/comparisons/${only}`), 'utf8'));
    expect(comparisonSchema.parse(told)).toMatchObject({ verdict: 'regressed', current: { runId: set.runId } });
    await gate(current, '--tolerance', '50');
    expect(kept('metrics/g/x86_64/comparisons')).toHaveLength(2);
    await gate(workloads);
    expect(kept('perf_results/run-1/comparisons')).toHaveLength(1);
    await gate(await write('elsewhere/b.json', set));
    expect(kept('elsewhere')).toEqual(['b.json']);
  });

  it('compare keeps only when asked, and where there is a history', async () => {
    const { run, write, path } = await judgingBench();
    const a = await write('a.json', resultSet([bootSeries(before)]));
    const b = await write('perf_results/run-1/results.json', resultSet([bootSeries(again(1))]));
    await run(['compare', a, b]);
    expect(readdirSync(path('perf_results/run-1'))).toEqual(['results.json']);
    const { code, stderr } = await run(['compare', a, b, '--keep']);
    expect([code, stderr]).toEqual([0, expect.stringContaining(path('perf_results/run-1/comparisons/results.'))]);
    const refused = await run(['compare', b, a, '--keep']);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('not a result file of a history')]);
  });

  it('--report writes it whatever the verdict, with the values that were compared [H-46]', async () => {
    const { run, write, path } = await judgingBench();
    const a = await write('a.json', resultSet([bootSeries(before)]));
    const b = await write('b.json', resultSet([bootSeries(again(1.2))]));
    const { code, stdout } = await run(['gate', '--current', b, '--baseline', a, '--report', path('out')]);
    expect([code, stdout]).toEqual([1, expect.stringContaining('REGRESSION')]);
    expect(readdirSync(path('out')).sort()).toEqual(['comparison.json', 'junit.xml', 'report.html', 'report.md']);
    expect(readFileSync(path('out/report.html'), 'utf8')).toContain('every dot a repetition');
    const next = await run(['report', '--comparison', path('out/comparison.json'), '--format', 'markdown']);
    expect(next.stdout).toBe(readFileSync(path('out/report.md'), 'utf8'));
  });

  it('bench report compares by the same rules, or says what is missing [H-45]', async () => {
    const { run, write, path } = await judgingBench();
    const a = await write('a.json', resultSet([bootSeries(before)]));
    const b = await write('b.json', resultSet([bootSeries(again(1.2))]));
    const sides = ['--current', b, '--baseline', a];
    const report = await run(['report', ...sides, '--out', path('out'), '--seed', '7', '--exit-code']);
    expect(report.code).toBe(1);
    const { stdout } = await run(['compare', a, b, '--seed', '7', '--json']);
    expect(JSON.parse(readFileSync(path('out/comparison.json'), 'utf8'))).toEqual(JSON.parse(stdout));
    expect((await run(['report', ...sides, '--format', 'markdown', '--tolerance', '50'])).stdout).toMatch(
      /^## ✓ Passed/,
    );
    const half = await run(['report', '--current', b]);
    expect([half.code, half.stderr]).toEqual([2, expect.stringContaining('--current and --baseline')]);
    const idle = await run(['report', '--comparison', path('out/comparison.json'), '--tolerance', '3']);
    expect([idle.code, idle.stderr]).toEqual([2, expect.stringContaining('--tolerance would change nothing')]);
  });

  it('too few: exit 10 and how many are needed', async () => {
    const { run, write } = await judgingBench();
    const baseline = await write('a.json', resultSet([bootSeries(before)]));
    const few = await write('few.json', resultSet([bootSeries(before.slice(0, 3))]));
    const { code, stdout } = await run(['gate', '--current', few, '--baseline', baseline]);
    expect([code, stdout]).toEqual([10, expect.stringContaining('inconclusive, needs n=10')]);
  });

  it('--json is the whole comparison, which can be read back; the same seed gives the same', async () => {
    const { run, write } = await judgingBench();
    const a = await write('a.json', resultSet([bootSeries(before)]));
    const b = await write('b.json', resultSet([bootSeries(again(1.2))]));
    const gate = await run(['gate', '--current', b, '--baseline', a, '--seed', '7', '--json']);
    const compared = await run(['compare', a, b, '--seed', '7', '--json']);
    expect([gate.code, compared.code]).toEqual([1, 0]);
    expect(gate.stdout).toBe(compared.stdout);
    expect(documentSchemas.comparison.parse(compared.json())).toEqual(compared.json());
    expect(comparisonSchema.parse(compared.json())).toMatchObject({ verdict: 'regressed', method: { seed: 7 } });
  });

  it('a directory is all results in it; of other files none is taken [H-44] [H-48]', async () => {
    const { run, write, path } = await judgingBench();
    const baseline = await write(
      'a.json',
      resultSet([bootSeries(before), bootSeries(before, { metric: 'boot_kernel' })]),
    );
    await write('perf_results/one.json', resultSet([bootSeries(before)]));
    await write('perf_results/two.yaml', JSON.stringify(resultSet([bootSeries(before, { metric: 'boot_kernel' })])));
    await write('perf_results/comparison.json', { verdict: 'passed', series: [] });
    await write('perf_results/notes.txt', 'x');
    const { code, json } = await run(['gate', '--current', path('perf_results'), '--baseline', baseline, '--json']);
    expect([code, comparisonSchema.parse(json()).series.length]).toEqual([0, 2]);
  });

  it.each([
    [['--tolerance', 'twenty'], '--tolerance is "twenty"'],
    [['--better', 'x=up'], '--better is "x=up"'],
    [['--accept-difference', 'qemuu'], 'qemuu'],
    [['--seed', '-1'], '--seed'],
    [['--tolerance', 'boot_totl=3'], 'there are boot_total'],
  ])('%j is refused, exit 2', async (flags, words) => {
    const { run, write } = await judgingBench();
    const a = await write('a.json', resultSet([bootSeries(before)]));
    const { code, stderr } = await run(['gate', '--current', a, '--baseline', a, ...flags]);
    expect([code, stderr]).toEqual([2, expect.stringContaining(words)]);
  });
});

describe('files that are no results', () => {
  it.each([
    [
      'values.json',
      { ...resultSet([bootSeries([1])]), series: [{ ...bootSeries([]), values: [1, 'x'] }] },
      'series.0.values.1',
    ],
    ['old.json', { ...resultSet([bootSeries([1])]), schemaVersion: 2 }, 'schemaVersion'],
    ['broken.json', '{"series": [1,\n', 'broken.json:2:1'],
  ])('%s: exit 3 with file, line and field [H-02]', async (name, content, words) => {
    const { run, write } = await judgingBench();
    const file = await write(name, content);
    const { code, stderr } = await run(['compare', file, file]);
    expect([code, stderr]).toEqual([3, expect.stringContaining(words)]);
    expect(stderr).toMatch(new RegExp(`${name}:\\d+:\\d+: `));
  });

  it('nothing there, or nothing in it: exit 9', async () => {
    const { run, write, path } = await judgingBench();
    const other = await write('empty/config.json', { a: 1 });
    for (const [argument, words] of [
      [path('nowhere'), 'no such file or directory'],
      [other, 'holds neither a result nor a baseline'],
      [path('empty'), 'there is nothing but config.json'],
    ] as const) {
      const { code, stderr } = await run(['compare', argument, argument]);
      expect([code, stderr]).toEqual([9, expect.stringContaining(words)]);
    }
  });

  it('results of two machines in one directory are no one result: exit 3', async () => {
    const { run, write, path } = await judgingBench();
    const one = resultSet([bootSeries(before)]);
    await write('mixed/a.json', one);
    await write('mixed/b.json', {
      ...one,
      fingerprint: { ...one.fingerprint, host: { ...one.fingerprint.host, cpuCount: 9 } },
    });
    const { code, stderr } = await run(['compare', path('mixed'), path('mixed')]);
    expect([code, stderr]).toEqual([3, expect.stringContaining('number of CPUs of the host: 2 in the first, 9 now')]);
  });
});
