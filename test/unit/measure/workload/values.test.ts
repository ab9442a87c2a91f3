import { describe, expect, it } from 'vitest';
import { SysmonvmError } from '../../../../src/core/errors/sysmonvm-error.ts';
import { type Aggregator, aggregate, isAggregator } from '../../../../src/core/measure/workload/aggregate.ts';
import { reportBoot } from '../../../../src/core/measure/workload/boot-metrics.ts';
import { collectMetrics } from '../../../../src/core/measure/workload/collect-metrics.ts';
import { parameterMatrix, parametersFolder } from '../../../../src/core/measure/workload/parameter-matrix.ts';
import { fillWords, parameterVariables } from '../../../../src/core/measure/workload/program-input.ts';
import { parseProgramOutput } from '../../../../src/core/measure/workload/program-output.ts';
import type { WorkloadMetric } from '../../../../src/core/measure/workload/workload.ts';

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    if (error instanceof SysmonvmError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'accepted';
};

describe('parameters', () => {
  it('are combined in the order of the file, the first changing slowest [H-09]', () => {
    const definitions = [
      { name: 'size', values: [64, 256] },
      { name: 'mode', values: ['a', 'b'] },
      { name: 'seconds', values: [5] },
    ];
    expect(parameterMatrix(definitions).map((one) => Object.values(one).join(' '))).toEqual([
      '64 a 5',
      '64 b 5',
      '256 a 5',
      '256 b 5',
    ]);
    expect(parameterMatrix([])).toEqual([{}]);
  });

  it('reach the program as variables and in the words of its command [H-10]', () => {
    const parameters = { packet_size_bytes: 1024, 'io.depth': 'deep' };
    expect(parameterVariables(parameters)).toEqual({
      PACKET_SIZE_BYTES: '1024',
      SYSMONVM_PARAM_PACKET_SIZE_BYTES: '1024',
      IO_DEPTH: 'deep',
      SYSMONVM_PARAM_IO_DEPTH: 'deep',
    });
    const words = ['--size={packet_size_bytes}', '{io.depth}', '{print}', '{toString}'];
    expect(fillWords(words, parameters)).toEqual(['--size=1024', 'deep', '{print}', '{toString}']);
  });

  it('make a folder name that leads nowhere else', () => {
    expect(parametersFolder({ size: 64, rate: 0.5 })).toBe('size=64,rate=0.5');
    expect(parametersFolder({})).toBe('no-parameters');
    expect(parametersFolder({ path: '../x y' })).toBe('path=..%2fx%20y');
    expect(parametersFolder({ a: '/' })).not.toBe(parametersFolder({ a: '%2f' }));
  });
});

describe('an aggregator', () => {
  const values = [4, 1, 3, 2];
  it.each<[Aggregator, number]>([
    ['average', 2.5],
    ['median', 2.5],
    ['min', 1],
    ['max', 4],
    ['sum', 10],
    ['stdev', Math.sqrt(5 / 3)],
    ['percentile_50', 2],
    ['percentile_75', 3],
    ['percentile_99', 4],
  ])('%s of 4, 1, 3, 2 is %d [H-12]', (name, expected) => {
    expect(aggregate(name, values)).toBeCloseTo(expected, 12);
  });

  it('takes percentiles by nearest rank, also of parts of a percent [H-12]', () => {
    const thousand = Array.from({ length: 1000 }, (_, index) => 1000 - index);
    expect(aggregate('percentile_99', thousand)).toBe(990);
    expect(aggregate('percentile_99.9', thousand)).toBe(999);
    expect(aggregate('percentile_0.1', thousand)).toBe(1);
    expect(aggregate('median', [3, 1, 2])).toBe(2);
  });

  it.each(['percentile_100', 'percentile_0', 'percentile_', 'percentile_9.99999', 'p99', 'mean', 'toString'])(
    'is not %s',
    (name) => expect(isAggregator(name)).toBe(false),
  );
});

describe('what a program prints', () => {
  const one = { name: 't', value: 1.5, unit: 's' };
  const two = { name: 'u', value: -2e-3, unit: 'ms' };
  const read = [
    { name: 't', unit: 's', values: [1.5] },
    { name: 'u', unit: 'ms', values: [-0.002] },
  ];
  it.each([
    ['a document', JSON.stringify({ metrics: [one, two] }, undefined, 2)],
    ['an array', JSON.stringify([one, two])],
    ['one object a line', `${JSON.stringify(one)}\n\n${JSON.stringify(two)}\n`],
    ['one document a line', `${JSON.stringify({ metrics: [one] })}\r\n${JSON.stringify([two])}`],
  ])('may be %s [H-24]', (_, text) => {
    expect(parseProgramOutput(text)).toEqual(read);
  });

  it('may be METRIC lines, also beside JSON [H-24]', () => {
    const text = `METRIC boot_ms=12.5 depth=3\n[  1.5] METRIC irq 7 1699900000000\n${JSON.stringify(one)}\n`;
    expect(parseProgramOutput(text)).toEqual([
      { name: 'boot_ms', unit: 'ms', values: [12.5] },
      { name: 'depth', values: [3] },
      { name: 'irq', values: [7] },
      { name: 't', unit: 's', values: [1.5] },
    ]);
  });

  it('may have many values of one metric [H-12]', () => {
    expect(parseProgramOutput('{"name":"t","unit":"s","values":[1,2]}')).toEqual([
      { name: 't', unit: 's', values: [1, 2] },
    ]);
  });

  it.each([
    ['nothing', ' \n', 'it printed nothing on standard output; metrics are expected there as JSON or METRIC lines'],
    ['words', 'done\n', /line 1: neither a METRIC line nor JSON \(.*\): done$/],
    [
      'words after a metric',
      `${JSON.stringify(one)}\nall good`,
      /line 2: neither a METRIC line nor JSON \(.*\): all good$/,
    ],
    ['half a document', '{\n "metrics": [\n', /it is not JSON: .*/],
    ['no metric', '{"metrics":[]}', 'it names no metric'],
    ['NaN', '{"name":"t","value":NaN,"unit":"s"}', /line 1: .* nor JSON \(NaN is no number\)/],
    ['Infinity', '[{"name":"t","value":-Infinity,"unit":"s"}]', /\(-Infinity is no number\)/],
    [
      'a number too large',
      '{"name":"t","value":1e999,"unit":"s"}',
      /the metric \("t"\): "value" is .*; it must be a finite number/,
    ],
    [
      'text for a value',
      '{"name":"t","value":"1","unit":"s"}',
      'the metric ("t"): "value" is "1"; it must be a finite number',
    ],
    [
      'null for a value',
      '[{"name":"t","value":1,"unit":"s"},{"name":"u","value":null,"unit":"s"}]',
      'metric 2 ("u"): "value" is null; it must be a finite number',
    ],
    ['no unit', '{"name":"t","value":1}', /the metric \("t"\): "unit" .*/],
    ['no value', '{"name":"t","unit":"s"}', 'the metric ("t"): must have either "value" or "values"'],
    ['a bare number', '5', /the metric: .*/],
    ['a METRIC without a metric', 'METRIC a=1\nMETRIC', 'line 2: METRIC: nothing follows METRIC'],
    ['a METRIC without a value', 'METRIC a=1 b=', 'line 1: METRIC: "b" has no value'],
    ['a METRIC of words', 'METRIC a=x', 'line 1: METRIC: the value of a is "x", which is no decimal number'],
    ['a METRIC too large', 'METRIC a 1e999', 'line 1: METRIC: the value of a is "1e999", which is too large'],
    [
      'a METRIC with a number for a name',
      'METRIC 5=5',
      'line 1: METRIC: "5" is no name: letters, digits and _ : . - with at least one letter',
    ],
    ['a METRIC with words behind it', 'METRIC a=1 done', 'line 1: METRIC: "done" has no value'],
  ])('may not be %s [H-24]', (_, text, message) => {
    const said = refusal(() => parseProgramOutput(text));
    const begin = 'workload.output-invalid: the output of the program is not usable: ';
    expect(said.startsWith(begin), said).toBe(true);
    if (typeof message === 'string') expect(said.slice(begin.length)).toBe(message);
    else expect(said.slice(begin.length)).toMatch(message);
  });
});

describe('the values of a repetition', () => {
  const metric = (name: string, unit: string, aggregator?: Aggregator): WorkloadMetric => ({
    ...{ name, unit, better: 'lower' },
    ...(aggregator === undefined ? {} : { aggregator }),
  });
  const collect = (metrics: readonly WorkloadMetric[], text: string, usage = {}) =>
    collectMetrics(metrics, parseProgramOutput(text), usage);
  const line = (value: number, unit = 'ms') => JSON.stringify({ name: 't', value, unit });

  it('are aggregated as the workload says, and nothing else is taken [H-11] [H-12]', () => {
    const text = [...[3, 1, 2].map((value) => line(value)), '{"name":"other","value":1,"unit":"s"}'].join('\n');
    expect(collect([metric('t', 'ms', 'max')], text).metrics).toEqual([{ metric: 't', unit: 'ms', value: 3 }]);
  });

  it.each([
    [
      'another unit [H-13]',
      [metric('t', 's')],
      line(1),
      'workload.unit-mismatch: the program reported t in "ms"; the workload declares "s"',
    ],
    [
      'two values without aggregator',
      [metric('t', 'ms')],
      `${line(1)}\n${line(2)}`,
      'workload.output-invalid: the program reported 2 values of t, which has no aggregator, so exactly one is expected',
    ],
    [
      'one value for stdev',
      [metric('t', 'ms', 'stdev')],
      line(1),
      'workload.output-invalid: the program reported 1 value of t; the aggregator stdev needs 2',
    ],
    [
      'a metric that is missing',
      [metric('x', 's')],
      line(1),
      'workload.metric-missing: the program did not report the metric x; it reported t',
    ],
    [
      'a metric that we measure',
      [metric('cpu_utilization_percentage_avg', '%')],
      '{"name":"cpu_utilization_percentage_avg","value":1,"unit":"%"}',
      'workload.output-invalid: the program printed cpu_utilization_percentage_avg, which sysmonvm measures itself; print it under another name',
    ],
  ])('are refused for %s [H-24] [H-26]', (_, metrics, text, expected) => {
    expect(refusal(() => collect(metrics, text))).toBe(expected);
  });

  it('take processors and memory from our sampler, and leave out what it could not measure [H-14]', () => {
    const metrics = [
      metric('cpu_utilization_percentage_avg', '%', 'average'),
      metric('memory_footprint_delta_mb', 'MB'),
    ];
    expect(collect(metrics, line(1), { cpuPercentAverage: 12.5, absent: 'no /proc/meminfo' })).toEqual({
      metrics: [{ metric: 'cpu_utilization_percentage_avg', unit: '%', value: 12.5 }],
      unmeasured: [{ metric: 'memory_footprint_delta_mb', reason: 'no /proc/meminfo' }],
    });
  });
});

describe('a boot', () => {
  it('reports the time from the process to each mark that was seen', () => {
    const marks = [
      { name: 'process-started', at: 1000, source: 'host' },
      { name: 'kernel', at: 2500, source: 'console' },
      { name: 'ready', at: 9000, source: 'ssh' },
    ] as const;
    expect(reportBoot(marks)).toEqual([
      { name: 'boot_to_kernel_seconds', unit: 'seconds', values: [1.5] },
      { name: 'boot_to_ready_seconds', unit: 'seconds', values: [8] },
    ]);
    expect(reportBoot(marks.slice(1))).toEqual([]);
  });
});
