import type { MeasuredSeries } from '../measure/result-set.ts';
import { aggregate } from '../measure/workload/aggregate.ts';
import { type MissingResult, notSelected } from '../measure/workload/coverage.ts';
import { parametersText } from '../measure/workload/parameter-matrix.ts';
import type { Workload } from '../measure/workload/workload.ts';
import type { WorkloadReport } from '../measure/workload-operations.ts';
import type { ListedWorkload } from '../wire/workload-documents.ts';
import { textTable } from './text-table.ts';

export function workloadsDocument(workloads: readonly Workload[]): readonly ListedWorkload[] {
  return workloads.map((workload) => ({
    id: workload.id,
    description: workload.description,
    tiers: [...workload.tiers],
    tags: [...workload.tags],
    where: placeOf(workload),
    combinations: workload.combinations.map((parameters) => ({ ...parameters })),
    metrics: workload.metrics.map(({ name, unit, aggregator, better }) => ({
      ...{ name, unit, better },
      ...(aggregator === undefined ? {} : { aggregator }),
    })),
    criteria: Object.fromEntries(
      Object.entries(workload.criteria).map(([profile, criteria]) => [profile, criteria.map((one) => ({ ...one }))]),
    ),
    repetitions: workload.repetitions,
    warmup: workload.warmup,
    timeoutMs: workload.timeoutMs,
    file: workload.file,
    line: workload.line,
  }));
}

function placeOf({ run }: Workload): ListedWorkload['where'] {
  return run.kind === 'boot' ? 'boot' : run.where;
}

export function workloadListText(workloads: readonly Workload[]): string {
  const columns = ['WORKLOAD', 'TIERS', 'TAGS', 'WHERE', 'RUNS', 'PROFILES', 'METRICS'].map((title) => ({ title }));
  const rows = workloads.map((workload) => [
    workload.id,
    workload.tiers.join(','),
    workload.tags.join(',') || '-',
    placeOf(workload),
    `${workload.combinations.length} × ${workload.repetitions}`,
    Object.keys(workload.criteria).join(',') || '-',
    workload.metrics.map(({ name }) => name).join(','),
  ]);
  return textTable(columns, rows);
}

type Place = Pick<MeasuredSeries, 'workload' | 'parameters'>;

/** Only the parameters that tell this combination from the others of its workload. */
function telling({ result, missing: owed }: WorkloadReport): (place: Place) => string {
  const all: readonly Place[] = [...result.series, ...result.attempts, ...owed];
  return ({ workload, parameters }) => {
    const others = all.filter((place) => place.workload === workload);
    const differing = Object.entries(parameters).filter(([name, value]) =>
      others.some((other) => other.parameters[name] !== value),
    );
    return parametersText(Object.fromEntries(differing));
  };
}

const named = (workload: string, parameters: string): string => [workload, parameters].filter(Boolean).join(' ');

const number = (value: number): string => String(Number(value.toPrecision(4)));

/** What was measured, what failed, what is not met, what is missing, and the verdict last. */
export function workloadReportText(report: WorkloadReport): string {
  const { result } = report;
  const told = telling(report);
  const rows = result.series.map(({ workload, parameters, metric, unit, values }) => [
    workload,
    told({ workload, parameters }) || '-',
    metric,
    number(aggregate('median', values)),
    values.length === 1 ? '' : `${number(Math.min(...values))} … ${number(Math.max(...values))}`,
    unit,
    String(values.length),
  ]);
  const columns = [
    ...['WORKLOAD', 'PARAMETERS', 'METRIC'].map((title) => ({ title })),
    { title: 'MEDIAN', align: 'right' },
    ...['MIN … MAX', 'UNIT'].map((title) => ({ title })),
    { title: 'RUNS', align: 'right' },
  ] as const;
  return [
    rows.length === 0 ? 'Nothing was measured.\n' : textTable(columns, rows),
    section('Failed', failures(report, told)),
    section(`Criteria of ${result.profile}`, criteria(report, told)),
    section('Without a result', missing(report.missing, told)),
    `\n${verdict(report)}\nResults: ${report.path}\n`,
  ].join('');
}

function section(title: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `\n${title}:\n${lines.map((line) => `  ${line}\n`).join('')}`;
}

type Told = ReturnType<typeof telling>;

function failures({ result }: WorkloadReport, told: Told): readonly string[] {
  return result.attempts
    .filter(({ outcome }) => outcome !== 'completed')
    .map(({ workload, parameters, iteration, outcome, code, message }) => {
      const where = named(workload, told({ workload, parameters }));
      return `${where}, run ${iteration}: ${outcome} [${code}] ${(message ?? '').split('\n').join('\n    ')}`;
    });
}

function criteria({ criteria: judged }: WorkloadReport, told: Told): readonly string[] {
  return judged.map(({ met, workload, parameters, metric, condition, threshold, unit, value }) => {
    const where = named(workload, told({ workload, parameters }));
    const measured = value === undefined ? 'nothing was measured' : `${number(value)} ${unit}`;
    return `${met ? 'met    ' : 'NOT MET'} ${where}: ${metric} ${condition} ${threshold} ${unit}: ${measured}`;
  });
}

/** What was not selected is told by its names alone. */
function missing(results: readonly MissingResult[], told: Told): readonly string[] {
  const tierOf = ({ workload, tiers }: MissingResult): string => `${workload} (tier ${tiers.join(', ')})`;
  const others = [...new Set(results.filter(({ reason }) => reason === notSelected).map(tierOf))];
  return [
    ...results
      .filter(({ reason }) => reason !== notSelected)
      .map(
        ({ workload, parameters, metrics, reason }) =>
          `${named(workload, told({ workload, parameters }))}: ${metrics.join(', ')}: ${reason}`,
      ),
    ...(others.length === 0 ? [] : [`${notSelected}: ${others.join('; ')}`]),
  ];
}

function verdict({ result, passed, blocking, criteria: judged }: WorkloadReport): string {
  const failed = result.attempts.filter(({ outcome }) => outcome !== 'completed').length;
  const unmet = judged.filter(({ met }) => !met).length;
  const judging =
    result.profile === undefined
      ? 'no criteria were judged (--profile)'
      : `${judged.length - unmet} of ${judged.length} criteria met`;
  const summary = `${result.attempts.length - failed} of ${result.attempts.length} runs completed, ${judging}`;
  if (passed) return `passed: ${summary}`;
  return blocking ? `failed: ${summary}` : `failed, told only (tier ${result.tier} does not block): ${summary}`;
}
