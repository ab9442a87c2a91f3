import { describe, expect, it } from 'vitest';
import type { AbRequest, AbResult, MeasuredRun } from '../../../src/core/measure/boot-operations.ts';
import { compareResults } from '../../../src/core/measure/judging/compare-results.ts';
import { measuredSet } from '../../../src/core/measure/judging/read-result.ts';
import { seededRandom } from '../../../src/core/measure/statistics/seeded-random.ts';
import { documentSchemas } from '../../../src/core/wire/documents.ts';
import { judgingBench } from '../../support/judging-engine.ts';
import { bootSeries, lognormalBoots, resultSet } from '../../support/measured-results.ts';
import { cli } from '../../support/run-cli.ts';

/** An engine that measured so much slower a B. */
async function measuring(factor: number, outcome: MeasuredRun['outcome'] = 'completed') {
  const asked: AbRequest[] = [];
  const runs = [{ iteration: 1, parameters: {}, warmup: false, outcome, directory: '/r' }];
  const { write, run } = await judgingBench();
  const random = seededRandom(6, 'ab');
  const [a, b] = [1, factor].map((one) => resultSet([bootSeries(lognormalBoots(random, 20, 0.02, one))]));
  if (!a || !b) throw new Error('two results');
  const [pathA, pathB] = [await write('run-a.json', a), await write('run-b.json', b)];
  const ab = async (request: AbRequest): Promise<AbResult> => {
    asked.push(request);
    const judgedBy = request.judging;
    const comparison = compareResults(measuredSet(a, pathA), measuredSet(b, pathB), judgedBy);
    return {
      a: { settings: request.a.parameters, result: a, resultPath: pathA },
      b: { settings: request.b.parameters, result: b, resultPath: pathB },
      number: { perSide: 20, pilot: { perSide: 5, needed: 20 }, sentence: 'pilot of 5 boots a side: so many' },
      ...{ directory: '/metrics', runs, comparison, judgedBy },
    };
  };
  const boots = { ab, series: () => Promise.reject(new Error('not asked for')) };
  const bench = (...argv: string[]) => cli(['bench', 'ab', ...argv], { engine: { boots } });
  return { asked, bench, compare: run };
}

describe('bench ab', () => {
  it('asks for both configurations, a pilot and what is judged', async () => {
    const { bench, asked } = await measuring(1);
    await bench('--image', 'tiny', '--a', 'boot=direct', '--b', 'boot=uefi', '--b', 'cpus=2', '--tolerance', '3');
    const [{ a, b, pilot, most, iterations, judging } = expect.fail()] = asked;
    expect([a.parameters, b.parameters]).toEqual([{ boot: 'direct' }, { boot: 'uefi', cpus: '2' }]);
    expect([a.config.boot.value, b.config.boot.value, b.config.cpus.value, b.config.image.value]).toEqual([
      ...['direct', 'uefi', 2, 'tiny'],
    ]);
    expect([pilot, most, iterations]).toEqual([5, 40, undefined]);
    expect(judging).toMatchObject({ metrics: ['boot_total'], tolerancePercent: 3 });
  });

  it.each([
    [1, 0, 'PASSED'],
    [1.2, 1, 'REGRESSION'],
    [0.8, 0, 'PASSED'],
  ])('B of %d times the boot time: exit %d, %s, as bench compare says', async (factor, exit, word) => {
    const { bench, compare } = await measuring(factor);
    const { code, stdout } = await bench('--b', 'boot=uefi', '--accept-difference', 'firmware', '--seed', '5');
    expect(code).toBe(exit);
    expect(stdout).toContain('Pilot of 5 boots a side: so many.');
    const again = /^again: sysmonvm bench (.*)$/m.exec(stdout)?.[1]?.split(' ') ?? [];
    expect(again.join(' ')).toContain('--metric boot_total --accept-difference firmware --seed 5');
    const { stdout: compared } = await compare(again);
    expect(compared).toContain(word);
    expect(stdout).toContain(compared);
  });

  it('as a document has verdict, number and both paths', async () => {
    const { bench } = await measuring(1);
    const { stdout } = await bench('--b', 'cpus=2', '--json');
    const document = documentSchemas['bench-ab'].parse(JSON.parse(stdout));
    expect(document).toMatchObject({ number: { perSide: 20 }, comparison: { verdict: 'passed' } });
    expect(document.b).toEqual({ settings: { cpus: '2' }, resultPath: expect.stringContaining('run-b.json') });
  });

  it('ends with 6 when no boot was completed', async () => {
    const { bench } = await measuring(1, 'failed');
    expect((await bench('--b', 'cpus=2')).code).toBe(6);
  });

  it.each([
    [[], 'A and B are the same configuration'],
    [['--a', 'cpus=2', '--b', 'cpus=2'], 'A and B are the same configuration'],
    [['--b', 'colour=red'], '--b is "colour=red"; accepted is SETTING=VALUE with cpus'],
    [['--b', 'cpus=2', '--iterations', '3', '--pilot', '6'], '--iterations says how many boots there are'],
    [['--b', 'cpus=2', '--pilot', '4'], '--pilot is "4"; accepted is a whole number from 5'],
    [['--b', 'cpus=2', '--pilot', '9', '--max', '8'], '--max 8 is less than the pilot of 9 boots a side'],
    [['--b', 'cpus=many'], '"many" is not a number of CPUs'],
  ])('%j is refused', async (argv, words) => {
    const { bench, asked } = await measuring(1);
    const { code, stderr } = await bench(...argv);
    expect([code, asked]).toEqual([2, []]);
    expect(stderr).toContain(words);
  });
});
