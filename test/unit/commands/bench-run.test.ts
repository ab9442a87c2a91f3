import { describe, expect, it } from 'vitest';
import type { CriterionResult } from '../../../src/core/measure/criterion-result.ts';
import type { ResultSet } from '../../../src/core/measure/result-set.ts';
import { readWorkloads } from '../../../src/core/measure/workload/read-workloads.ts';
import type { RunWorkloadsRequest, WorkloadReport } from '../../../src/core/measure/workload-operations.ts';
import { documentSchemas } from '../../../src/core/wire/documents.ts';
import { parseConfigText } from '../../../src/host/store/config-file.ts';
import { cli } from '../../support/run-cli.ts';

const at = '2026-01-02T03:04:05.000Z';
const workload = 'udp';
const result: ResultSet = {
  ...{ schemaVersion: 1, kind: 'workloads', runId: '20260102T030405Z', guest: 'debian-12', arch: 'x86_64' },
  ...{ profile: 'board', startedAt: at, finishedAt: at },
  fingerprint: {
    host: { cpuModel: 'a', cpuCount: 2, memoryMib: 1024, platform: 'linux', release: '6.1', arch: 'x86_64' },
    tools: { python3: 'Python 3.11.2' },
  },
  attempts: [
    { workload, parameters: { size: 64, rate: 10 }, iteration: 1, outcome: 'completed', at },
    {
      workload,
      parameters: { size: 1024, rate: 10 },
      iteration: 1,
      outcome: 'timeout',
      at,
      code: 'workload.program-deadline',
      message: 'too late:\nlast words',
    },
  ],
  series: [{ workload, metric: 'late', unit: 'ms', parameters: { size: 64, rate: 10 }, values: [3, 1, 2] }],
};
const criterion: CriterionResult = {
  ...{ workload, metric: 'late', parameters: { size: 1024, rate: 10 }, profile: 'board', condition: '<', threshold: 5 },
  ...{ unit: 'ms', met: false },
};
const failed: WorkloadReport = {
  ...{ result, path: '/out/results.json', criteria: [criterion], passed: false, blocking: true },
  missing: [
    { workload, tiers: [1], parameters: { size: 1024, rate: 10 }, metrics: ['late'], reason: 'too late' },
    { workload: 'boot', tiers: [1, 2], parameters: {}, metrics: ['t'], reason: 'not selected' },
  ],
};

async function run(argv: readonly string[], report: WorkloadReport = failed, env: Record<string, string> = {}) {
  const asked: RunWorkloadsRequest[] = [];
  const workloads = {
    list: async () => {
      throw new Error('not asked');
    },
    run: async (request: RunWorkloadsRequest) => {
      asked.push(request);
      return report;
    },
  };
  return { ...(await cli(['bench', 'run', ...argv], { engine: { workloads }, env })), asked: asked[0] };
}

describe('bench run', () => {
  it('shows what was measured, what failed, what is not met and what is missing, the verdict last [H-33]', async () => {
    const { stdout, code } = await run(['--host']);
    expect(code).toBe(1);
    expect(stdout).toBe(`WORKLOAD  PARAMETERS  METRIC  MEDIAN  MIN … MAX  UNIT  RUNS
udp       size=64     late         2  1 … 3      ms       3

Failed:
  udp size=1024, run 1: timeout [workload.program-deadline] too late:
    last words

Criteria of board:
  NOT MET udp size=1024: late < 5 ms: nothing was measured

Without a result:
  udp size=1024: late: too late
  not selected: boot (tier 1, 2)

failed: 1 of 2 runs completed, 0 of 1 criteria met
Results: /out/results.json
`);
  });

  it('ends with 0 when all is well, and where a tier only tells [H-41] [H-58]', async () => {
    expect((await run(['--host'], { ...failed, passed: true })).code).toBe(0);
    const told = await run(['--host', '--tier', '2'], { ...failed, result: { ...result, tier: 2 }, blocking: false });
    expect(told.code).toBe(0);
    expect(told.stdout).toContain('failed, told only (tier 2 does not block): 1 of 2 runs completed');
  });

  it('has a document', async () => {
    const { json, code } = await run(['--host', '--json']);
    expect(code).toBe(1);
    expect(documentSchemas['bench-run'].parse(json())).toMatchObject({ verdict: 'failed', path: '/out/results.json' });
  });

  it('asks for what was typed [H-17] [H-43] [H-48] [H-56]', async () => {
    const words = ['--vm', 'build', '--profile', 'board', '--tier', '1', '--subset', 'quick,udp', '--subset', 'x'];
    const { asked } = await run([...words, '--iterations', '7', '--label', 'pr', '--workloads', '/w.yaml'], failed, {
      GITHUB_SHA: 'abc',
    });
    expect(asked).toEqual({
      ...{ subset: ['quick', 'udp', 'x'], path: '/w.yaml', profile: 'board', tier: 1, commit: 'abc' },
      ...{
        target: { kind: 'vm', name: 'build' },
        outputDir: `${process.cwd()}/perf_results`,
        iterations: 7,
        label: 'pr',
      },
    });
  });

  it('makes a VM of the configuration unless it is told where', async () => {
    const { asked } = await run(['--image', 'tiny', '--output-dir', '/out', '--commit', 'def']);
    expect(asked).toMatchObject({ target: { kind: 'made', config: { image: { value: 'tiny' } } }, outputDir: '/out' });
    expect(asked?.commit).toBe('def');
  });

  it.each([
    ['two places', ['--host', '--vm', 'a'], '--host and --vm exclude each other.'],
    [
      'settings of a VM that is there',
      ['--vm', 'a', '--memory', '1G'],
      '--memory cannot be chosen: a has settings of its own.',
    ],
    ['settings without a VM', ['--host', '--cpus', '2'], '--cpus cannot be chosen: with --host there is no VM.'],
    [
      'no repetitions',
      ['--host', '--iterations', '0'],
      '--iterations is "0"; accepted is a whole number from 1 to 1000.',
    ],
    ['a tier that there is not', ['--tier', '4'], '4'],
  ])('refuses %s', async (_, argv, message) => {
    const { code, stderr, asked } = await run(argv);
    expect([code, asked]).toEqual([2, undefined]);
    expect(stderr).toContain(message);
  });
});

describe('bench run --list', () => {
  const text =
    'workloads: [{workload_id: udp, tags: [quick], parameters: [{name: size, values: [1, 2]}], metrics: [{name: late, unit: ms}], acceptance_criteria: {board: [{metric: late, condition: "<", threshold_value: 1, when: {size: 1}}]}}]';
  const workloads = { list: async () => readWorkloads([parseConfigText(text, '/w.yaml')]), run: async () => failed };

  it('shows every workload and runs nothing', async () => {
    const { stdout, code } = await cli(['bench', 'run', '--list'], { engine: { workloads } });
    expect(code).toBe(0);
    expect(stdout).toBe(`WORKLOAD  TIERS  TAGS   WHERE  RUNS   PROFILES  METRICS
udp       1,2,3  quick  guest  2 × 3  board     late
`);
  });

  it('has a document', async () => {
    const { json } = await cli(['bench', 'run', '--list', '--json'], { engine: { workloads } });
    expect(documentSchemas['bench-run'].parse(json())).toMatchObject({
      workloads: [{ id: 'udp', combinations: [{ size: 1 }, { size: 2 }], file: '/w.yaml', line: 1 }],
    });
  });
});
