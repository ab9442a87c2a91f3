import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/core/measure/statistics/seeded-random.ts';
import { documentSchemas } from '../../../src/core/wire/documents.ts';
import { judgingBench } from '../../support/judging-engine.ts';
import { attemptsOf, bootSeries, lognormalBoots, resultSet } from '../../support/measured-results.ts';

const boots = lognormalBoots(seededRandom(21, 'baseline'), 20, 0.03);
const result = resultSet([bootSeries(boots)]);

async function withBaseline(gitUser?: string) {
  const bench = await judgingBench(gitUser);
  const from = await bench.write('result.json', result);
  const set = (...more: readonly string[]) =>
    bench.run(['baseline', 'set', '--tag', 'v1.0', '--from', from, '--reason', 'release 1.0', ...more], {
      USER: 'ann',
    });
  return { ...bench, from, set, file: bench.path('workspace/baselines/v1.0/x86_64/debian-12.json') };
}

describe('bench baseline set', () => {
  it('writes one file by tag, architecture and guest, with who, when, why and the commit [H-27] [H-28] [H-30] [H-31]', async () => {
    const { set, file } = await withBaseline('Gil Git');
    const { code, json } = await set('--json');
    expect(code).toBe(0);
    expect(documentSchemas['baseline-set'].parse(json())).toMatchObject({
      baseline: { path: file, setBy: 'Gil Git', reason: 'release 1.0', commit: result.commit, previous: [] },
    });
    const written = JSON.parse(await readFile(file, 'utf8'));
    expect(written).toMatchObject({ kind: 'baseline', tag: 'v1.0', setAt: expect.stringMatching(/Z$/), result });
  });

  it('is the same text for the same content, one value a line, whatever the order of the fields [H-29]', async () => {
    const { set, file, write, from, run } = await withBaseline();
    await set('--by', 'ann');
    const first = await readFile(file, 'utf8');
    await write('result.json', Object.fromEntries(Object.entries(result).reverse()));
    await run([
      'baseline',
      'set',
      '--tag',
      'v1.0',
      '--from',
      from,
      '--reason',
      'release 1.0',
      '--by',
      'ann',
      '--dir',
      file.replace(/\/v1\.0.*/, '/again'),
    ]);
    const second = await readFile(file.replace('/baselines/', '/baselines/again/'), 'utf8');
    const withoutTime = (text: string) => text.replace(/"setAt": ".*"/, '');
    expect(withoutTime(second)).toBe(withoutTime(first));
    expect(first.split('\n').filter((line) => /^ +\d+,?$/.test(line)).length).toBe(20);
  });

  it('names who is given, else git’s user, else the system’s; nobody is refused', async () => {
    const user = async (gitUser: string | undefined, ...more: readonly string[]) => {
      const { set, file } = await withBaseline(gitUser);
      await set(...more);
      return (JSON.parse(await readFile(file, 'utf8')) as { setBy: string }).setBy;
    };
    expect(await user('gil', '--by', 'ben')).toBe('ben');
    expect(await user('gil')).toBe('gil');
    expect(await user(undefined)).toBe('ann');
    const { run, from } = await withBaseline();
    const nobody = await run(['baseline', 'set', '--tag', 'v1', '--from', from, '--reason', 'x']);
    expect([nobody.code, nobody.stderr]).toEqual([2, expect.stringContaining('--by NAME')]);
  });

  it('replaces only when told to, and keeps who set it before [H-30]', async () => {
    const { set, run } = await withBaseline();
    await set();
    const again = await set('--by', 'ben');
    expect([again.code, again.stderr]).toEqual([9, expect.stringContaining('was set by ann')]);
    expect((await set('--by', 'ben', '--replace')).code).toBe(0);
    const { stdout } = await run(['baseline', 'show', 'v1.0']);
    expect(stdout).toMatch(/set +\S+ by ben\n/);
    expect(stdout).toMatch(/before +\S+ by ann: release 1\.0\n/);
  });

  it('refuses what is no baseline, and writes nothing', async () => {
    const { run, write, path } = await withBaseline();
    const average = await write('average.json', { avg_ms: 5, note: 'x' });
    const dead = await write('dead.json', resultSet([], { attempts: attemptsOf(['timeout']) }));
    for (const [from, words] of [
      [average, 'does not say on what it was measured'],
      [dead, 'no repetition was completed'],
    ] as const) {
      const { code, stderr } = await run([
        'baseline',
        'set',
        '--tag',
        'v1',
        '--from',
        from,
        '--reason',
        'x',
        '--by',
        'x',
      ]);
      expect([code, stderr]).toEqual([9, expect.stringContaining(words)]);
    }
    const traversal = await run([
      'baseline',
      'set',
      '--tag',
      '../../etc',
      '--from',
      path('result.json'),
      '--reason',
      'x',
      '--by',
      'x',
    ]);
    expect([traversal.code, traversal.stderr]).toEqual([2, expect.stringContaining('begins with a letter or digit')]);
    expect((await run(['baseline', 'list', '--json'])).json()).toMatchObject({ baselines: [] });
  });
});

describe('set-baseline of one average', () => {
  const summary = { arch: 'i386', run_count: 5, min_ms: 60_000, max_ms: 70_000, avg_ms: 66_000, recent: [] };

  it('writes avg_ms and a note, which the gate reads [M-22] [M-54]', async () => {
    const { run, write, path } = await judgingBench();
    const from = await write('summary.json', summary);
    const out = path('i386.json');
    for (const name of [['set-baseline'], ['baseline', 'set']]) {
      expect((await run([...name, '--arch', 'i386', '--summary', from, '--out', out])).code).toBe(0);
      expect(JSON.parse(await readFile(out, 'utf8'))).toMatchObject({
        avg_ms: 66_000,
        note: expect.stringContaining('5 boots'),
      });
    }
    expect((await run(['gate', '--summary', from, '--baseline', out, '--tolerance', '0'])).code).toBe(0);
  });

  it('refuses another architecture, no average, and options of the other form', async () => {
    const { run, write, path } = await judgingBench();
    const from = await write('summary.json', summary);
    const none = await write('none.json', { ...summary, run_count: 0, avg_ms: null });
    const of = (...more: readonly string[]) => run(['set-baseline', '--out', path('o.json'), ...more]);
    const results = [
      await of('--summary', from, '--arch', 'arm'),
      await of('--summary', none),
      await of('--summary', from, '--tag', 'v1'),
      await of(),
    ];
    expect(results.map(({ code }) => code)).toEqual([9, 9, 2, 2]);
    expect(results[0]?.stderr).toContain('is of i386, not of arm');
    expect(results[2]?.stderr).toContain('--tag does not go with --summary');
  });
});

describe('a baseline by its tag', () => {
  it('is found by architecture and guest of what is judged, shown and listed', async () => {
    const { set, run, write } = await withBaseline();
    await set();
    const slower = await write('slower.json', resultSet([bootSeries(boots.map((ms) => ms * 1.2))]));
    const gate = await run(['gate', '--current', slower, '--baseline', 'tag:v1.0']);
    expect([gate.code, gate.stdout]).toEqual([1, expect.stringContaining('baseline  tag:v1.0/x86_64/debian-12\n')]);
    expect((await run(['gate', '--current', 'tag:v1.0', '--baseline', 'tag:v1.0/x86_64'])).code).toBe(0);
    const { stdout } = await run(['baseline', 'list']);
    expect(stdout).toMatch(
      /^TAG +ARCH +NAME +SET +BY +COMMIT +REASON\nv1\.0 +x86_64 +debian-12 +\S+ +ann +0123456789ab +release/,
    );
    const shown = await run(['baseline', 'show', 'tag:v1.0', '--json']);
    expect(documentSchemas.baseline.parse(shown.json()).baseline.measured.series[0]).toMatchObject({ count: 20 });
  });

  it('that is not there, or is several, is refused with those that are: exit 9', async () => {
    const { set, run, from } = await withBaseline();
    const none = await run(['gate', '--current', from, '--baseline', 'tag:v1.0']);
    expect([none.code, none.stderr]).toEqual([9, expect.stringContaining('it has none at all')]);
    await set();
    await set('--name', 'other');
    const several = await run(['baseline', 'show', 'v1.0']);
    expect([several.code, several.stderr]).toEqual([
      9,
      expect.stringContaining('tag:v1.0/x86_64/debian-12, tag:v1.0/x86_64/other'),
    ]);
    expect((await run(['baseline', 'show', 'v1.0/x86_64/other'])).code).toBe(0);
  });

  it('a damaged one is told with file, line and field', async () => {
    const { run, write } = await judgingBench();
    await write('workspace/baselines/v1/x86_64/a.json', { schemaVersion: 1, kind: 'baseline', tag: 'v1' });
    const { code, stderr } = await run(['baseline', 'list']);
    expect([code, stderr]).toEqual([3, expect.stringContaining('a.json:1:1: arch: ')]);
  });
});
