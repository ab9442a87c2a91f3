import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Dependencies } from '../../../src/app/dependencies.ts';
import { runWorkloads } from '../../../src/app/measure/workloads/run-workloads.ts';
import { resultSetSchema } from '../../../src/core/measure/result-set-schema.ts';
import type { RunWorkloadsRequest } from '../../../src/core/measure/workload-operations.ts';
import type { Call, Progress } from '../../../src/core/operation.ts';
import { createProcessRunner } from '../../../src/host/process/process-runner.ts';
import { createRunProgram } from '../../../src/host/process/run-program.ts';
import { systemClock as clock } from '../../../src/host/process/system-clock.ts';
import { createTextFiles } from '../../../src/host/store/text-files.ts';
import { readWorkloadFiles } from '../../../src/host/store/workload-files.ts';
import { hostFacts } from '../../support/plan-fixtures.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { projectRoot } from '../../unit/project/source-tree.ts';

const failing = join(projectRoot, 'test/fixtures/workloads/failing.yaml');
const bundled = join(projectRoot, 'workloads');
const deps = {
  clock,
  files: createTextFiles(clock),
  runner: async () => createProcessRunner(),
  runProgram: async () => createRunProgram(process.env),
  workloadFiles: async () => readWorkloadFiles,
  bundledWorkloads: bundled,
  facts: async () => ({ collect: async () => hostFacts('linux', 'x86_64') }),
  hostArch: 'x86_64',
  randomHex: (bytes: number) => Math.random().toString(16).slice(2).padEnd(bytes, '0').slice(0, bytes),
} as unknown as Dependencies;

async function run(
  request: Partial<RunWorkloadsRequest>,
  signal = new AbortController().signal,
  report: Call['report'] = () => {},
) {
  const outputDir = request.outputDir ?? join(await temporaryDirectory(), 'perf_results');
  const call: Call = { requestId: 'test', signal, report };
  const done = await runWorkloads(deps, call, {
    subset: [],
    target: { kind: 'host' },
    outputDir,
    path: failing,
    ...request,
  });
  return { ...done, outputDir };
}

const saved = (path: string) => resultSetSchema.parse(JSON.parse(readFileSync(path, 'utf8')));

describe('a run on the host', () => {
  it('measures each combination, records it as it was asked for and leaves nothing behind [H-09] [H-10] [H-11] [H-24] [H-43]', async () => {
    const { result, path, passed, outputDir } = await run({
      subset: ['fine'],
      label: 'pr-7',
      commit: 'abc',
      profile: 'board',
    });
    expect(passed).toBe(true);
    expect(result).toMatchObject({ kind: 'workloads', guest: 'host', profile: 'board', label: 'pr-7', commit: 'abc' });
    expect(result.runId).toMatch(/^pr-7-\d{8}T\d{6}Z$/);
    expect(path).toBe(join(outputDir, result.runId, 'results.json'));
    expect(saved(path)).toEqual(result);
    expect(saved(join(outputDir, 'latest.json'))).toEqual(result);
    expect(result).not.toHaveProperty('unfinished');
    const doubled = result.series.filter(({ metric }) => metric === 'doubled');
    expect(doubled.map(({ parameters, values, unit }) => ({ parameters, values, unit }))).toEqual([
      { parameters: { size: 1 }, values: [2, 2], unit: 'things' },
      { parameters: { size: 2 }, values: [4, 4], unit: 'things' },
    ]);
    expect(result.series.filter(({ metric }) => metric === 'cpu_utilization_percentage_avg')).toHaveLength(2);
    expect(result.fingerprint.host.cpuModel).toBe(hostFacts('linux', 'x86_64').cpuModel);
    expect(result.fingerprint.machine).toBeUndefined();
    expect(readdirSync(join(outputDir, result.runId)).sort()).toEqual(['raw', 'results.json']);
    expect(readdirSync(join(outputDir, result.runId, 'raw/fine/size=2')).sort()).toEqual(
      ['1', '2', 'setup', 'teardown', 'warmup-1'].flatMap((name) => [`${name}.stderr`, `${name}.stdout`]),
    );
    expect(readFileSync(join(outputDir, result.runId, 'raw/fine/size=2/1.stderr'), 'utf8')).toBe('words\n');
  });

  it('judges the profile for the parameters that a criterion names [H-17] [H-18]', async () => {
    const { passed, criteria, result } = await run({ subset: ['fine'], iterations: 1, profile: 'strict' });
    expect(criteria.map(({ parameters, value, met }) => [parameters['size'], value, met])).toEqual([
      [1, 2, false],
      [2, 4, true],
    ]);
    expect(passed).toBe(false);
    expect(result.criteria).toEqual(criteria);
    expect(result.attempts).toHaveLength(2);
  });

  it('reports what fails as failed, with the reason and never as a value, and goes on [H-26] [H-58]', async () => {
    const { result, passed, blocking, missing } = await run({ tier: 3, subset: ['broken'] });
    expect([passed, blocking]).toEqual([false, false]);
    const ends = result.attempts.map(({ workload, iteration, outcome, code, message }) =>
      [workload, iteration, outcome, code, message?.replaceAll('\n', ' | ')].join(' '),
    );
    expect(ends).toEqual([
      'exits 1 failed workload.program-failed the program ended with exit code 3: | why',
      expect.stringMatching(
        /^hangs 1 timeout workload\.program-deadline the program did not end within 300ms: \| .*"t"/,
      ),
      expect.stringMatching(
        /^talks 1 failed workload\.output-invalid .*line 1: neither a METRIC line nor JSON \(.*\): done$/,
      ),
      'mistakes_units 1 failed workload.unit-mismatch the program reported t in "s"; the workload declares "ms"',
      'dies 1 failed workload.program-failed the program was ended by SIGSEGV and said nothing',
      'fails_to_set_up 1 failed workload.setup-failed the set-up ended with exit code 1: | no disk',
      'fails_to_warm_up 1 failed workload.program-failed the program, warming up, ended with exit code 4 and said nothing',
      'lacks_a_program 1 failed workload.requirement-missing no-such-compiler is not installed where the workload runs; package no-such-package brings it',
      'sometimes 1 completed  ',
      'sometimes 2 failed workload.program-failed the program ended with exit code 1 and said nothing',
      'sometimes 3 completed  ',
    ]);
    expect(result.series).toMatchObject([{ workload: 'sometimes', metric: 't', unit: 'ms', values: [1, 3] }]);
    expect(missing.map(({ workload }) => workload)).not.toContain('sometimes');
    expect(missing.find(({ workload }) => workload === 'exits')?.reason).toBe('the program ended with exit code 3:');
  });

  it('tells what has no result of the workloads that were not selected [H-33]', async () => {
    const { missing } = await run({ subset: ['fine'], iterations: 1 });
    expect(missing).toContainEqual({
      ...{ workload: 'exits', tiers: [3], parameters: {}, metrics: ['t'] },
      reason: 'not selected',
    });
  });

  it('does not write where an earlier run has', async () => {
    const first = await run({ subset: ['exits'] });
    const second = await run({ subset: ['exits'], outputDir: first.outputDir });
    expect(second.path).not.toBe(first.path);
    expect(saved(first.path)).toEqual(first.result);
  });

  it('that is interrupted leaves what was measured, marked unfinished, and tears down', async () => {
    const outputDir = await temporaryDirectory();
    const controller = new AbortController();
    const onReport = (progress: Progress): void => {
      if (progress.kind === 'step' && progress.state === 'done') controller.abort(new Error('enough'));
    };
    const running = run({ subset: ['fine'], outputDir, iterations: 100 }, controller.signal, onReport);
    await expect(running).rejects.toThrow('enough');
    const [id = ''] = readdirSync(outputDir);
    const result = saved(join(outputDir, id, 'results.json'));
    expect(result.unfinished).toBe(true);
    expect(result.series[0]?.values.length).toBeGreaterThan(0);
    expect(existsSync(join(outputDir, id, 'raw/fine/size=1/teardown.stdout'))).toBe(true);
    expect(existsSync(join(outputDir, id, 'place'))).toBe(false);
    expect(existsSync(join(outputDir, 'latest.json'))).toBe(false);
  });

  it('that ends before it tried anything leaves nothing', async () => {
    const outputDir = await temporaryDirectory();
    const running = run({ subset: ['fine'], outputDir }, AbortSignal.abort(new Error('too early')));
    await expect(running).rejects.toThrow('too early');
    expect(readdirSync(outputDir)).toEqual([]);
  });

  it('begins only when every program is there [H-25]', async () => {
    const reference = join(projectRoot, 'test/fixtures/workloads/reference.yaml');
    await expect(run({ path: reference, subset: ['kernel_compile_from_clean'] })).rejects.toMatchObject({
      code: 'workload.no-program',
      message: expect.stringMatching(
        /reference\.yaml:\d+: workload kernel_compile_from_clean: has no run\.command, and .* has none of kernel_compile_from_clean, kernel_compile_from_clean\.sh, kernel_compile_from_clean\.py$/,
      ),
    });
  });

  it('refuses a place that is no folder', async () => {
    const file = join(await temporaryDirectory(), 'file');
    await deps.files.write(file, '');
    await expect(run({ outputDir: file, subset: ['fine'] })).rejects.toMatchObject({
      ...{ code: 'usage.invalid-argument', message: expect.stringContaining('which is a file or lies below one') },
    });
  });

  it('refuses a boot alone, which needs a VM', async () => {
    await expect(run({ path: bundled, subset: ['boot'] })).rejects.toMatchObject({ code: 'workload.nothing-selected' });
  });
});

describe('a folder of workloads', () => {
  it('has programs with the names of the workloads [H-23] [H-25]', async () => {
    const folder = await temporaryDirectory();
    const metric = 'metrics: [{name: t, unit: ms}], run: {repetitions: 1, warmup: 0}';
    const files = {
      'a.yaml': `harvey_reference_workloads: [{workload_id: shell, ${metric}}]`,
      'b.json':
        '{"workloads":[{"workload_id":"snake","metrics":[{"name":"t","unit":"ms"}],"run":{"repetitions":1,"warmup":0}}]}',
      'shell.sh': 'echo \'{"name":"t","value":1,"unit":"ms"}\'\n',
      'snake.py': 'import json; print(json.dumps([{"name": "t", "value": 2, "unit": "ms"}]))\n',
      'notes.txt': 'not one of them',
    };
    for (const [name, text] of Object.entries(files)) await deps.files.write(join(folder, name), text);
    const { result, passed } = await run({ path: folder });
    expect(passed).toBe(true);
    expect(result.series.map(({ workload, values }) => [workload, values])).toEqual([
      ['shell', [1]],
      ['snake', [2]],
    ]);
  });
});

describe('the bundled workloads', () => {
  /** The same programs with less to do. */
  async function small(id: string, parameters: Readonly<Record<string, number>>) {
    const folder = await temporaryDirectory();
    const text = readFileSync(join(bundled, 'workloads.yaml'), 'utf8');
    const changed = Object.entries(parameters).reduce(
      (before, [name, value]) => before.replace(new RegExp(`(name: ${name}, value)s?: [^}]*`), `$1: ${value} `),
      text,
    );
    await (await deps.runner()).run('cp', ['-R', `${bundled}/.`, folder]);
    await deps.files.write(join(folder, 'workloads.yaml'), changed);
    const { result, passed, outputDir } = await run({ path: folder, subset: [id], iterations: 1 });
    expect(result.attempts.flatMap(({ message }) => message ?? [])).toEqual([]);
    expect(passed).toBe(true);
    expect(result.attempts[0]?.parameters).toMatchObject(parameters);
    expect(outputDir).not.toBe('');
    return Object.fromEntries(result.series.map(({ metric, values }) => [metric, values[0] ?? Number.NaN]));
  }

  it('forward UDP at the rate and for the time that was asked for [H-10]', async () => {
    const values = await small('udp_burst_forwarding', {
      ...{ packet_size_bytes: 256, burst_duration_seconds: 1, packets_per_second_target: 500 },
    });
    const {
      avg_throughput_mbps = 0,
      lost_packets_percent = 0,
      sent_packets_per_second = 0,
      p99_latency_ms = 0,
    } = values;
    expect(sent_packets_per_second).toBeGreaterThan(0);
    expect(sent_packets_per_second).toBeLessThanOrEqual(500);
    // What arrived is what was sent and not lost, in packets of this size.
    const arrived = sent_packets_per_second * (1 - lost_packets_percent / 100) * 256 * 8;
    expect(avg_throughput_mbps).toBeCloseTo(arrived / 1e6, 6);
    expect(p99_latency_ms).toBeGreaterThan(0);
  });

  it('measure a file system, with every metric above nothing', async () => {
    const values = await small('file_system', { small_files: 20, small_file_bytes: 512, large_file_mb: 3 });
    expect(Object.keys(values)).toHaveLength(7);
    for (const value of Object.values(values)) expect(value).toBeGreaterThan(0);
  });

  it('compile a program that checks itself', async () => {
    const values = await small('compile', { rounds: 1 });
    expect(values['compile_time_seconds']).toBeGreaterThan(0.05);
    expect(values['memory_footprint_delta_mb']).toBeGreaterThan(5);
  });

  it('tell the memory in use', async () => {
    const total = Number(/MemTotal:\s+(\d+)/.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) / 1000;
    const { idle_memory_mb = 0 } = await small('idle_footprint', { settle_seconds: 0, looks: 1 });
    expect(idle_memory_mb).toBeGreaterThan(1);
    expect(idle_memory_mb).toBeLessThan(total * 1.1);
  });
});
