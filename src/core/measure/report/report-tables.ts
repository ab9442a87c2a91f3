import type { Change, Comparison, CriterionResult, SeriesComparison } from '../comparison.ts';
import { hardwareRows } from './hardware-rows.ts';
import { seriesTitle } from './series-title.ts';
import { intervalText, numberText, percentText, shareText, signedText, valueText } from './value-text.ts';

/** One table of a report, the same in Markdown and in HTML. Cells are plain text. */
export interface ReportTable {
  readonly title: string;
  /** What a reader must know to read it. */
  readonly note?: string;
  readonly columns: readonly { readonly title: string; readonly numeric?: true }[];
  readonly rows: readonly {
    readonly cells: readonly string[];
    readonly tone?: Change;
    /** A sentence that belongs to the row. */
    readonly remark?: string;
  }[];
}

/** With a sign of its own: colour alone says nothing to many readers and to every printer. */
export const changeWords: Readonly<Record<Change, string>> = {
  regressed: '✗ regressed',
  inconclusive: '? inconclusive',
  improved: '▲ improved',
  unchanged: '✓ unchanged',
};

const gravity: readonly Change[] = ['regressed', 'inconclusive', 'improved', 'unchanged'];

/** What needs attention first; within that, in the order of the comparison. */
export const byGravity = (series: readonly SeriesComparison[]): readonly SeriesComparison[] =>
  [...series].sort((a, b) => gravity.indexOf(a.change) - gravity.indexOf(b.change));

export const titleOf = ({ workload, parameters, definition }: SeriesComparison): string =>
  seriesTitle({ workload, metric: definition.metric, parameters });

/** Beyond both a difference matters: `5 % and 200 ms`. */
export const limitText = ({ definition: { tolerancePercent, floor, unit } }: SeriesComparison): string =>
  [`${tolerancePercent} %`, ...(floor > 0 ? [valueText(floor, unit)] : [])].join(' and ');

export const deltaInterval = ({ deltaPercentLow, deltaPercentHigh }: SeriesComparison): string =>
  intervalText(deltaPercentLow, deltaPercentHigh, percentText) ?? '-';

export function criterionText({ condition, threshold, unit, profile }: CriterionResult): string {
  return `${condition} ${valueText(threshold, unit)} (${profile})`;
}

export function reportTables(comparison: Comparison): readonly ReportTable[] {
  const all = [metrics, criteria, missing, attempts, hardware].map((make) => make(comparison));
  return all.filter(({ rows }) => rows.length > 0);
}

function metrics({ series, method }: Comparison): ReportTable {
  return {
    title: 'Metrics',
    note: 'Baseline and current are trimmed means: of the middle 60 % of the completed repetitions. The delta is of these two. A difference matters when it is certain and beyond the limit.',
    columns: [
      { title: 'Metric' },
      { title: 'Verdict' },
      { title: 'Delta %', numeric: true },
      { title: `Interval (${shareText(method.confidence)})`, numeric: true },
      { title: 'Limit', numeric: true },
      { title: 'Baseline (trimmed mean)', numeric: true },
      { title: 'Current (trimmed mean)', numeric: true },
      { title: 'Delta', numeric: true },
      { title: 'Better' },
    ],
    rows: byGravity(series).map((one) => ({
      cells: [
        titleOf(one),
        changeWords[one.change],
        percentText(one.deltaPercent),
        deltaInterval(one),
        limitText(one),
        `${valueText(one.baseline.center, one.definition.unit)} (n=${one.baseline.count})`,
        `${valueText(one.current.center, one.definition.unit)} (n=${one.current.count})`,
        signedText(one.delta, one.definition.unit),
        one.definition.better,
      ],
      tone: one.change,
      remark: remarkOf(one),
    })),
  };
}

export function remarkOf({ reason, neededPerSide, wantedShiftPercent }: SeriesComparison): string {
  if (neededPerSide === undefined) return reason;
  const shift = wantedShiftPercent === undefined ? '' : ` to find a shift of ${numberText(wantedShiftPercent)} %`;
  return `${reason} Repetitions needed on each side${shift}: ${neededPerSide}.`;
}

function criteria({ criteria: results }: Comparison): ReportTable {
  return {
    title: 'Acceptance criteria',
    note: 'Limits of the workloads themselves; one that is not met fails whatever the baseline says.',
    columns: [{ title: 'Metric' }, { title: 'Verdict' }, { title: 'Criterion' }, { title: 'Measured', numeric: true }],
    rows: [...results]
      .sort((a, b) => Number(a.met) - Number(b.met))
      .map((result) => ({
        cells: [
          seriesTitle(result),
          result.met ? '✓ met' : '✗ not met',
          criterionText(result),
          result.value === undefined ? 'not measured' : valueText(result.value, result.unit),
        ],
        tone: result.met ? 'unchanged' : 'regressed',
      })),
  };
}

function missing({ missing: absent }: Comparison): ReportTable {
  return {
    title: 'Missing results',
    columns: [{ title: 'Metric' }, { title: 'Missing in' }],
    rows: absent.map((one) => ({ cells: [seriesTitle(one), one.missingIn], tone: 'inconclusive' })),
  };
}

function attempts({ attempts: counted, baseline, current }: Comparison): ReportTable {
  const sides = [
    { side: 'baseline', of: baseline, counts: counted.baseline },
    { side: 'current', of: current, counts: counted.current },
  ];
  return {
    title: 'Repetitions',
    note: 'A failure or a timeout is counted here and is never a value.',
    columns: [
      { title: 'Side' },
      { title: 'Run' },
      { title: 'Started' },
      { title: 'Commit' },
      { title: 'Completed', numeric: true },
      { title: 'Failed', numeric: true },
      { title: 'Timed out', numeric: true },
    ],
    rows: sides.map(({ side, of, counts }) => ({
      cells: [
        side,
        of.runId,
        of.startedAt ?? '-',
        of.commit ?? '-',
        String(counts.completed),
        String(counts.failed),
        String(counts.timeout),
      ],
      ...(counts.failed + counts.timeout > 0 ? { tone: 'inconclusive' as const } : {}),
    })),
  };
}

function hardware({ baseline, current }: Comparison): ReportTable {
  return {
    title: 'Hardware and tools',
    columns: [{ title: 'Property' }, { title: 'Baseline' }, { title: 'Current' }],
    rows: hardwareRows(baseline.fingerprint, current.fingerprint).map((row) => ({
      cells: [row.what, row.baseline, row.differs ? `${row.current} ≠` : row.current],
      ...(row.differs ? { tone: 'inconclusive' as const } : {}),
    })),
  };
}
