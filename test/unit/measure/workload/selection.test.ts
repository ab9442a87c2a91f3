import { describe, expect, it } from 'vitest';
import type { MeasuredSeries } from '../../../../src/core/measure/result-set.ts';
import { missingResults } from '../../../../src/core/measure/workload/coverage.ts';
import { judgeCriteria } from '../../../../src/core/measure/workload/judge-criteria.ts';
import { readWorkloads } from '../../../../src/core/measure/workload/read-workloads.ts';
import { requireProfile, selectWorkloads } from '../../../../src/core/measure/workload/select-workloads.ts';
import { workloadDefinitions } from '../../../../src/core/measure/workload/workload-definitions.ts';
import { parseConfigText } from '../../../../src/host/store/config-file.ts';

const workloads = readWorkloads([
  parseConfigText(
    `workloads:
  - workload_id: udp
    tier_applicability: [1]
    tags: [quick, network]
    parameters: [{name: size, values: [64, 1024]}]
    metrics: [{name: rate, unit: Mbps}, {name: late, unit: ms, tolerance_percent: 10}]
    acceptance_criteria:
      board:
        - {metric: rate, condition: ">=", threshold_value: 100, when: {size: 1024}}
        - {metric: late, condition: "<=", threshold_value: 75}
      empty: []
  - workload_id: build
    tier_applicability: [1, 2]
    tags: [slow]
    metrics: [{name: took, unit: seconds}]
    acceptance_criteria:
      board: [{metric: took, condition: "==", threshold_value: 5}]
`,
    'w.yaml',
  ),
]);
const series = (workload: string, metric: string, parameters: object, values: readonly number[]): MeasuredSeries => ({
  ...{ workload, metric, unit: 'x', values },
  parameters: parameters as MeasuredSeries['parameters'],
});
const ids = (tier: 1 | 2 | 3 | undefined, ...subset: readonly string[]) =>
  selectWorkloads(workloads, { subset, ...(tier === undefined ? {} : { tier }) }).map(({ id }) => id);

describe('a choice', () => {
  it('takes the workloads of a tier [H-06]', () => {
    expect(ids(undefined)).toEqual(['udp', 'build']);
    expect(ids(1)).toEqual(['udp', 'build']);
    expect(ids(2)).toEqual(['build']);
    expect(() => ids(3)).toThrow('no workload is of tier 3');
  });

  it('takes those with one of the tags or ids [H-56]', () => {
    expect(ids(undefined, 'quick')).toEqual(['udp']);
    expect(ids(undefined, 'network', 'build')).toEqual(['udp', 'build']);
    expect(ids(2, 'quick', 'slow')).toEqual(['build']);
    expect(() => ids(2, 'quick')).toThrow('no workload is of tier 2 and of quick');
  });

  it('refuses a word that names nothing, even beside one that does', () => {
    expect(() => ids(undefined, 'build', 'quik')).toThrow('no workload has the id or tag "quik". Did you mean quick?');
  });

  it('refuses a profile that nothing has criteria for [H-17]', () => {
    requireProfile(workloads, 'board');
    requireProfile(workloads, 'empty');
    expect(() => requireProfile(workloads, 'bord')).toThrow('there are board, empty. Did you mean board?');
  });
});

describe('criteria', () => {
  const judged = (measured: readonly MeasuredSeries[]) =>
    judgeCriteria(workloads, 'board', measured).map(
      ({ metric, parameters, value, met }) => `${metric} ${parameters['size'] ?? '-'} ${value ?? 'nothing'} ${met}`,
    );

  it('are judged by the median, and only for the parameters that they name [H-16] [H-18]', () => {
    const measured = [
      series('udp', 'rate', { size: 64 }, [1]),
      series('udp', 'rate', { size: 1024 }, [90, 120, 100]),
      series('udp', 'late', { size: 64 }, [75]),
      series('udp', 'late', { size: 1024 }, [75.1]),
      series('build', 'took', {}, [5]),
    ];
    expect(judged(measured)).toEqual([
      'rate 1024 100 true',
      'late 64 75 true',
      'late 1024 75.1 false',
      'took - 5 true',
    ]);
  });

  it('are not met by what was not measured [H-26]', () => {
    expect(judged([series('build', 'took', {}, [])])).toEqual([
      'rate 1024 nothing false',
      'late 64 nothing false',
      'late 1024 nothing false',
      'took - nothing false',
    ]);
  });

  it('of another profile are none', () => {
    expect(judgeCriteria(workloads, 'empty', [])).toEqual([]);
  });
});

describe('what is missing', () => {
  const measured = [series('udp', 'rate', { size: 64 }, [1]), series('udp', 'late', { size: 64 }, [1])];

  it('is told for each workload and combination of a tier, with its reason [H-33]', () => {
    const reason = (id: string) => (id === 'build' ? 'not selected' : undefined);
    expect(missingResults(workloads, undefined, measured, reason)).toEqual([
      { workload: 'udp', tiers: [1], parameters: { size: 1024 }, metrics: ['rate', 'late'], reason: 'not measured' },
      { workload: 'build', tiers: [1, 2], parameters: {}, metrics: ['took'], reason: 'not selected' },
    ]);
    expect(missingResults(workloads, 2, measured, reason).map(({ workload }) => workload)).toEqual(['build']);
  });
});

it('every metric has its direction and the limit that it or the house sets [H-38] [H-39]', () => {
  const [udp] = workloads;
  expect(udp && workloadDefinitions(udp)).toMatchObject([
    { metric: 'rate', better: 'higher', tolerancePercent: 5, floor: 0 },
    { metric: 'late', better: 'lower', tolerancePercent: 10, floor: 0, reason: 'set by the workload' },
  ]);
});
