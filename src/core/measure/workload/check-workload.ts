import { bootMetrics } from './boot-metrics.ts';
import { derivedMetric } from './derived-metrics.ts';
import { bracedParameter, isReservedName, variableName } from './program-input.ts';
import type { WrittenWorkload } from './workload-schema.ts';

/** One thing that is wrong in a workload; the path is below it. */
export interface WorkloadProblem {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

const mostCombinations = 1000;

/** What no single field shows: names that must be known, units that must agree, combinations that must exist. */
export function checkWorkload(workload: WrittenWorkload): readonly WorkloadProblem[] {
  return [
    ...parameterProblems(workload),
    ...metricProblems(workload),
    ...criteriaProblems(workload),
    ...runProblems(workload),
  ];
}

function* parameterProblems({ parameters = [] }: WrittenWorkload): Iterable<WorkloadProblem> {
  const seen = new Map<string, string>();
  for (const [index, { name, values = [] }] of parameters.entries()) {
    const path = ['parameters', index];
    const variable = variableName(name);
    if (isReservedName(name))
      yield {
        path: [...path, 'name'],
        message: `the parameter ${name} would replace the variable ${variable}; choose another name`,
      };
    const before = seen.get(variable);
    if (before !== undefined)
      yield { path: [...path, 'name'], message: `${name} and ${before} are both the variable ${variable}` };
    seen.set(variable, name);
    if (new Set(values.map(String)).size < values.length)
      yield { path: [...path, 'values'], message: 'has a value twice' };
  }
  const combinations = parameters.reduce((product, { values }) => product * (values?.length ?? 1), 1);
  if (combinations > mostCombinations)
    yield { path: ['parameters'], message: `make ${combinations} combinations; at most ${mostCombinations} are run` };
}

function* metricProblems({ metrics, run }: WrittenWorkload): Iterable<WorkloadProblem> {
  const seen = new Set<string>();
  for (const [index, { name, unit, aggregator }] of metrics.entries()) {
    const path = ['metrics', index];
    if (seen.has(name)) yield { path: [...path, 'name'], message: `the metric ${name} is declared twice` };
    seen.add(name);
    const derived = run?.builtin === 'boot' ? bootMetrics[name as keyof typeof bootMetrics] : derivedMetric(name);
    if (derived !== undefined && derived.unit !== unit)
      yield { path: [...path, 'unit'], message: `sysmonvm measures ${name} in "${derived.unit}", not in "${unit}"` };
    if (derivedMetric(name) !== undefined && aggregator === 'stdev')
      yield { path: [...path, 'aggregator'], message: `${name} is one value, which has no stdev` };
    if (run?.builtin === 'boot' && derived === undefined)
      yield {
        path: [...path, 'name'],
        message: `a boot has no metric ${name}; there are ${Object.keys(bootMetrics).join(', ')}`,
      };
  }
}

function* criteriaProblems({
  metrics,
  parameters = [],
  acceptance_criteria = {},
}: WrittenWorkload): Iterable<WorkloadProblem> {
  for (const [profile, criteria] of Object.entries(acceptance_criteria)) {
    for (const [index, { metric, unit, when = {} }] of criteria.entries()) {
      const path = ['acceptance_criteria', profile, index];
      const declared = metrics.find(({ name }) => name === metric);
      if (declared === undefined) {
        const known = metrics.map(({ name }) => name).join(', ');
        yield { path: [...path, 'metric'], message: `the workload has no metric ${metric}; it has ${known}` };
      } else if (unit !== undefined && unit !== declared.unit)
        yield {
          path: [...path, 'unit'],
          message: `${metric} is declared in "${declared.unit}", the criterion is in "${unit}"`,
        };
      for (const [name, value] of Object.entries(when)) {
        const parameter = parameters.find((known) => known.name === name);
        const values = parameter?.values ?? (parameter?.value === undefined ? [] : [parameter.value]);
        if (parameter === undefined)
          yield { path: [...path, 'when', name], message: `the workload has no parameter ${name}` };
        else if (!values.includes(value))
          yield { path: [...path, 'when', name], message: `${name} is never ${value}; it is ${values.join(', ')}` };
      }
    }
  }
}

/** Fields that say something only of a program. */
const ofPrograms = ['where', 'command', 'setup', 'teardown', 'files', 'requires', 'env'] as const;

function* runProblems({ run, parameters = [] }: WrittenWorkload): Iterable<WorkloadProblem> {
  if (run === undefined) return;
  if (run.builtin !== undefined) {
    for (const name of ofPrograms)
      if (run[name] !== undefined)
        yield { path: ['run', name], message: `says nothing beside builtin: ${run.builtin}` };
    if (parameters.length > 0) yield { path: ['parameters'], message: `builtin: ${run.builtin} takes no parameters` };
  }
  const names = parameters.map(({ name }) => name);
  for (const field of ['command', 'setup', 'teardown'] as const) {
    const line = run[field];
    const name = typeof line === 'string' ? bracedParameter(line, names) : undefined;
    if (name !== undefined)
      yield {
        path: ['run', field],
        message: `in a line for sh {${name}} is not filled in; write "$${variableName(name)}"`,
      };
  }
  const carried = (run.files ?? []).map(fileName);
  if (new Set(carried).size < carried.length)
    yield { path: ['run', 'files'], message: 'two of them have the same name' };
}

/** Under which a file of the workload lies in the folder of the run. */
export function fileName(path: string): string {
  return path.replace(/\/+$/, '').split('/').at(-1) ?? path;
}
