import { referenceText } from '../measure/judging/baseline-reference.ts';
import { seriesTitle, valueText } from '../measure/judging/value-text.ts';
import type { KeptBaseline } from '../measure/judging-operations.ts';
import { sortedValues } from '../measure/statistics/sorted-values.ts';
import { trimmedMean } from '../measure/statistics/trimmed-mean.ts';
import type { BaselineDocument } from '../wire/measure-documents.ts';
import { labelledLines, textTable } from './text-table.ts';

/** What `--json` prints of a baseline: its values lie in the file. */
export function baselineDocument({ path, baseline }: KeptBaseline): BaselineDocument {
  const { tag, arch, name, setBy, setAt, reason, commit, previous, result } = baseline;
  return {
    ...{ path, tag, arch, name, setBy, setAt, reason },
    ...(commit === undefined ? {} : { commit }),
    previous: previous.map((act) => ({ ...act })),
    measured: {
      kind: result.kind,
      runId: result.runId,
      guest: result.guest,
      startedAt: result.startedAt,
      fingerprint: result.fingerprint,
      series: result.series.map(({ workload, metric, unit, parameters, values }) => {
        const sorted = sortedValues(values);
        const [min, max] = [sorted[0], sorted.at(-1)];
        const shape = min === undefined || max === undefined ? {} : { center: trimmedMean(sorted), min, max };
        return { workload, metric, unit, parameters: { ...parameters }, count: sorted.length, ...shape };
      }),
    },
  };
}

export function baselineListTable(kept: readonly KeptBaseline[]): string {
  const titles = ['TAG', 'ARCH', 'NAME', 'SET', 'BY', 'COMMIT', 'REASON'].map((title) => ({ title }));
  const rows = kept.map(({ baseline: { tag, arch, name, setAt, setBy, commit, reason } }) => [
    ...[tag, arch, name, setAt, setBy],
    commit?.slice(0, 12) ?? '-',
    reason,
  ]);
  return textTable(titles, rows);
}

/** The whole page of `bench baseline show`. */
export function baselineText(kept: KeptBaseline): string {
  const { path, baseline } = kept;
  const { host, machine } = baseline.result.fingerprint;
  const { measured } = baselineDocument(kept);
  const head = labelledLines([
    ['baseline', referenceText(baseline)],
    ['set', `${baseline.setAt} by ${baseline.setBy}`],
    ['reason', baseline.reason],
    ['commit', baseline.commit],
    ['measured', `${measured.startedAt}, run ${measured.runId}`],
    ['host', `${host.cpuModel}, ${host.cpuCount} CPUs, ${host.memoryMib} MiB, ${host.platform} ${host.release}`],
    [
      'machine',
      machine &&
        `${machine.arch}, ${machine.accelerator}${machine.emulated ? ' (emulated)' : ''}, ${machine.cpus} vCPU, ${machine.memoryMib} MiB, QEMU ${machine.qemuVersion}`,
    ],
    ...baseline.previous.map((act): [string, string] => ['before', `${act.setAt} by ${act.setBy}: ${act.reason}`]),
    ['file', path],
  ]);
  const titles = [
    { title: 'METRIC' },
    ...['N', 'CENTER', 'MIN', 'MAX'].map((title) => ({ title, align: 'right' as const })),
  ];
  const rows = measured.series.map((series) => [
    seriesTitle(series),
    String(series.count),
    ...[series.center, series.min, series.max].map((value) =>
      value === undefined ? '-' : valueText(value, series.unit),
    ),
  ]);
  return `${head}\n${textTable(titles, rows)}`;
}
