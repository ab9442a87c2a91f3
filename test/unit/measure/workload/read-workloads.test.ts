import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { SysmonvmError } from '../../../../src/core/errors/sysmonvm-error.ts';
import { readWorkloads, type WorkloadFinding } from '../../../../src/core/measure/workload/read-workloads.ts';
import { parseConfigText } from '../../../../src/host/store/config-file.ts';

const reference = fileURLToPath(new URL('../../../fixtures/workloads/reference.yaml', import.meta.url));
const read = (text: string, path = 'w.yaml') => readWorkloads([parseConfigText(text, path)]);
const list = (...workloads: readonly object[]) => JSON.stringify({ workloads });
const least = { workload_id: 'a', metrics: [{ name: 't', unit: 's' }] };

/** What is wrong with the text, each as `line workload field: message`. */
function problems(text: string): readonly string[] {
  try {
    read(text);
  } catch (error) {
    if (!(error instanceof SysmonvmError) || error.code !== 'workload.file-invalid') throw error;
    const found = error.details['findings'] as readonly WorkloadFinding[];
    return found.map(({ line, workload, field, message }) => `${line} ${workload ?? '-'} ${field}: ${message}`);
  }
  return [];
}
const problem = (workload: object) => problems(list(workload));

describe('the published example', () => {
  const workloads = read(readFileSync(reference, 'utf8'), reference);
  const [udp, compile] = workloads;

  it('loads with its ids, tiers, components and use cases [H-03] [H-04] [H-05] [H-06] [H-07] [H-19] [H-20]', () => {
    expect(workloads.map(({ id }) => id)).toEqual([
      'iot_gateway_data_forwarding_udp_burst',
      'kernel_compile_from_clean',
    ]);
    expect(udp).toMatchObject({ tiers: [1], useCases: ['Secure Embedded IoT Gateway'] });
    expect(udp?.components).toEqual(['kernel_network_stack', 'udp_daemon_X', 'filesystem_logging_minimal']);
    expect(compile).toMatchObject({ tiers: [1, 2], useCases: ['OS Research & Education Platform'] });
    expect(compile?.description).not.toBe('');
  });

  it('has its limits [H-15] [H-16] [H-17] [H-19] [H-20]', () => {
    const limits = (id: number, profile: string) =>
      workloads[id]?.criteria[profile]?.map(
        ({ metric, condition, threshold }) => `${metric} ${condition} ${threshold}`,
      );
    expect(limits(0, 'arm_cortex_a53_1.2ghz_512mb')).toEqual(['avg_throughput_mbps >= 100', 'p99_latency_ms <= 75']);
    expect(limits(0, 'x86_64_generic_2ghz_2gb')).toEqual(['avg_throughput_mbps >= 800', 'p99_latency_ms <= 20']);
    expect(limits(1, 'x86_64_developer_reference_machine')).toEqual(['compile_time_seconds <= 180']);
    expect(limits(1, 'arm64_raspberry_pi_4_4gb')).toEqual(['compile_time_seconds <= 600']);
  });

  it('is three combinations of parameters, and one where there are none [H-08] [H-09] [H-22]', () => {
    const other = { burst_duration_seconds: 60, packets_per_second_target: 10000 };
    expect(udp?.combinations).toEqual([64, 256, 1024].map((size) => ({ packet_size_bytes: size, ...other })));
    expect(compile?.combinations).toEqual([{}]);
  });

  it('knows which direction is better from the limits and from the unit [H-11] [H-39]', () => {
    expect(udp?.metrics.map(({ name, aggregator, better }) => [name, aggregator, better])).toEqual([
      ['avg_throughput_mbps', 'average', 'higher'],
      ['p99_latency_ms', 'percentile_99', 'lower'],
      ['cpu_utilization_percentage_avg', 'average', 'lower'],
      ['memory_footprint_delta_mb', 'max', 'lower'],
    ]);
    expect(compile?.metrics).toEqual([{ name: 'compile_time_seconds', unit: 'seconds', better: 'lower' }]);
  });
});

describe('a file of workloads', () => {
  it('may have both lists, YAML or JSON [H-02] [H-21]', () => {
    const both = { workloads: [least], harvey_reference_workloads: [{ ...least, workload_id: 'b' }] };
    expect(read(JSON.stringify(both)).map(({ id }) => id)).toEqual(['b', 'a']);
    expect(read('workloads:\n  - workload_id: y\n    metrics: [{name: t, unit: s}]\n')[0]).toMatchObject({
      id: 'y',
      line: 2,
      repetitions: 3,
      warmup: 1,
      timeoutMs: 600_000,
    });
  });

  it('takes what our own fields say', () => {
    const run = {
      ...{ where: 'host', command: ['prog', 5], setup: 'true', teardown: 'true', files: ['x/prog'], env: { A: 1 } },
      ...{ requires: { cc: 'gcc' }, timeout: '90s', repetitions: 7, warmup: 0 },
    };
    const metrics = [
      { name: 'rate', unit: 'ops/s', better: 'lower', tolerance_percent: 10, floor: 2, reason: 'because' },
    ];
    expect(read(list({ ...least, tags: ['quick'], metrics, run }))[0]).toMatchObject({
      tags: ['quick'],
      timeoutMs: 90_000,
      repetitions: 7,
      warmup: 0,
      metrics: [{ better: 'lower', tolerancePercent: 10, floor: 2, reason: 'because' }],
      run: { kind: 'program', where: 'host', command: ['prog', '5'], env: { A: '1' }, requires: { cc: 'gcc' } },
    });
  });

  it('names line, workload and field of every problem at once [H-02]', () => {
    const text = `workloads:
  - workload_id: one
    metrics:
      - name: t
        unt: ms
  - workload_id: two
    tier_applicability: [4]
    metrics:
      - name: t
        unit: ms
        aggregator: p99
`;
    expect(problems(text)).toEqual([
      '4 one metrics.0.unit: is missing',
      '5 one metrics.0.unt: unknown key. Did you mean unit?',
      '7 two tier_applicability.0: must be 1, 2 or 3',
      '11 two metrics.0.aggregator: "p99" is no aggregator; there are average, median, min, max, sum, stdev, percentile_NN (percentile_99, percentile_99.9)',
    ]);
  });

  it.each([
    ['a list', '[]', '1 - : must be a mapping with the list harvey_reference_workloads or workloads'],
    ['nothing', '', '1 - : holds no list harvey_reference_workloads or workloads'],
    ['an empty list', 'workloads: []', '1 - workloads: must be a list of workloads, with at least one'],
  ])('may not be %s [H-02]', (_, text, expected) => {
    expect(problems(text)).toEqual([expected]);
  });

  it('may not have another key around', () => {
    expect(problems('workload: []\nworkloads: [{workload_id: a, metrics: [{name: t, unit: s}]}]')).toEqual([
      '1 - workload: unknown key. Did you mean workloads?',
    ]);
  });

  it('may not have an id twice, in one file or in two [H-03]', () => {
    expect(problems(list(least, least))).toEqual([
      '1 a workload_id: another workload has this id already, in w.yaml:1',
    ]);
    const files = ['one.yaml', 'two.yaml'].map((path) => parseConfigText(list(least), path));
    expect(() => readWorkloads(files)).toThrow('two.yaml:1:1: workload a: workload_id: another workload has this id');
  });

  it('tells what to write in place of the other form', () => {
    const other = { name: 'udp', metrics: least.metrics, acceptance_criteria: { arm: { t: '< 50' } } };
    expect(problem(other)).toEqual([
      '1 number 1 name: is the key of another form; write workload_id: "udp"',
      '1 number 1 acceptance_criteria.arm: is a mapping, which another form has; write a list: - {metric: t, condition: "<", threshold_value: 50}',
    ]);
  });
});

describe('a workload is refused when', () => {
  const criteria = (criterion: object) => ({
    ...least,
    parameters: [{ name: 'size', values: [1, 2] }],
    acceptance_criteria: { p: [{ metric: 't', condition: '<', threshold_value: 1, ...criterion }] },
  });

  it.each([
    [
      'a condition is unknown [H-16]',
      criteria({ condition: '=<' }),
      'condition: "=<" is no condition; there are >= <= > < ==',
    ],
    ['a criterion has another metric', criteria({ metric: 'u' }), 'metric: the workload has no metric u; it has t'],
    [
      'a criterion has another unit [H-13]',
      criteria({ unit: 'ms' }),
      'unit: t is declared in "s", the criterion is in "ms"',
    ],
    [
      'a criterion has another parameter [H-18]',
      criteria({ when: { sise: 1 } }),
      'when.sise: the workload has no parameter sise',
    ],
    ['a criterion has another value [H-18]', criteria({ when: { size: 3 } }), 'when.size: size is never 3; it is 1, 2'],
    ['a limit is text', criteria({ threshold_value: '1' }), 'threshold_value: must be a number'],
  ])('%s', (_, workload, expected) => {
    expect(problem(workload)).toEqual([`1 a acceptance_criteria.p.0.${expected}`]);
  });

  const parameters = (...list: readonly object[]) => ({ ...least, parameters: list });
  const many = Array.from({ length: 40 }, (_, index) => index);
  it.each([
    [
      'no value is left [H-08]',
      parameters({ name: 'n', values: [] }),
      'parameters.0.values: must not be empty: nothing would run',
    ],
    ['a parameter has no value', parameters({ name: 'n' }), 'parameters.0: must have either `value` or `values`'],
    [
      'a parameter has both',
      parameters({ name: 'n', value: 1, values: [1] }),
      'parameters.0: must have either `value` or `values`',
    ],
    ['a value stands twice', parameters({ name: 'n', values: [1, 1] }), 'parameters.0.values: has a value twice'],
    [
      'a value is no number or text',
      parameters({ name: 'n', value: true }),
      'parameters.0.value: must be a number or text',
    ],
    [
      'a parameter would be PATH',
      parameters({ name: 'path', value: 1 }),
      'parameters.0.name: the parameter path would replace the variable PATH; choose another name',
    ],
    [
      'two parameters are one variable',
      parameters({ name: 'a-b', value: 1 }, { name: 'a_b', value: 1 }),
      'parameters.1.name: a_b and a-b are both the variable A_B',
    ],
    [
      'there are too many combinations',
      parameters({ name: 'm', values: many }, { name: 'n', values: many }),
      'parameters: make 1600 combinations; at most 1000 are run',
    ],
    ['it has no metric', { ...least, metrics: [] }, 'metrics: must not be empty: nothing would be measured'],
    [
      'a metric stands twice',
      { ...least, metrics: [...least.metrics, ...least.metrics] },
      'metrics.1.name: the metric t is declared twice',
    ],
    [
      'our own metric has another unit [H-13] [H-14]',
      { ...least, metrics: [{ name: 'memory_footprint_delta_mb', unit: 'KiB' }] },
      'metrics.0.unit: sysmonvm measures memory_footprint_delta_mb in "MB", not in "KiB"',
    ],
    [
      'a parameter stands in braces in a line for sh',
      { ...parameters({ name: 'n', value: 1 }), run: { command: 'prog {n}' } },
      'run.command: in a line for sh {n} is not filled in; write "$N"',
    ],
    [
      'two files have one name',
      { ...least, run: { command: 'x', files: ['a/x', 'b/x/'] } },
      'run.files: two of them have the same name',
    ],
    [
      'a duration is none',
      { ...least, run: { command: 'x', timeout: 'soon' } },
      'run.timeout: "soon" is not a duration such as 90s or 5m',
    ],
    [
      'it is never repeated',
      { ...least, run: { command: 'x', repetitions: 0 } },
      'run.repetitions: must be from 1 to 1000',
    ],
    [
      'a boot has another metric',
      { ...least, run: { builtin: 'boot' } },
      'metrics.0.name: a boot has no metric t; there are boot_to_kernel_seconds, boot_to_login_seconds, boot_to_ready_seconds',
    ],
    [
      'a boot has a command',
      {
        workload_id: 'a',
        metrics: [{ name: 'boot_to_ready_seconds', unit: 'seconds' }],
        run: { builtin: 'boot', command: 'x' },
      },
      'run.command: says nothing beside builtin: boot',
    ],
    [
      'its id names no folder',
      { ...least, workload_id: '../a' },
      'workload_id: must begin with a letter or digit and hold only letters, digits, "_", "." and "-", at most 100',
    ],
  ])('%s', (_, workload, expected) => {
    expect(problem(workload).map((text) => text.replace(/^1 \S+ /, ''))).toEqual([expected]);
  });

  it('is not refused for braces that are no parameter, or a variable of sh', () => {
    const run = { command: `awk "{print}" "$N" "\${n}"` };
    expect(problem({ ...parameters({ name: 'n', value: 1 }), run })).toEqual([]);
  });
});
