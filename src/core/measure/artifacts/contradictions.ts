import { formatDuration } from '../../units/duration.ts';
import type { BootTime } from '../boot/boot-artifacts.ts';
import type { ToldMeasurements, ToldReport } from './raw-inputs.ts';
import { disagreement, refuseDisagreements } from './read-raw-inputs.ts';

/** What was found in one directory, each with the name of its file. */
export interface FoundInputs {
  readonly directory: string;
  readonly measurements?: { readonly name: string; readonly values: ToldMeasurements };
  readonly report: { readonly name: string; readonly values: ToldReport };
  readonly resources: { readonly name: string; readonly sampled: BootTime['usage'] };
  /** What the caller says. */
  readonly arch?: string;
}

/** A report is written when a boot is over, and not a day later. */
const latestReportMs = 24 * 3_600_000;
/** Clocks of two files are read at different moments. */
const slackMs = 60_000;
/** A time without a zone may be of any. */
const widestZoneMs = 14 * 3_600_000;

/** @throws bench.artifacts-contradict when the files are not of one boot */
export function refuseContradictions({ directory, measurements, report, resources, arch }: FoundInputs): void {
  const [timed, seen] = [measurements?.values, report.values];
  const by = measurements?.name ?? '';
  const failedWithTime =
    timed?.outcome !== undefined && timed.outcome !== 'completed' && timed.boot_duration_ms !== null;
  refuseDisagreements(directory, [
    ...disagreement('architecture', [
      ['--arch', arch],
      [by, timed?.architecture],
      [report.name, seen.architecture],
    ]),
    ...disagreement('run', [
      [by, timed?.run_id],
      [report.name, seen.run_id],
    ]),
    ...disagreement('iteration', [
      [by, timed?.iteration],
      [report.name, seen.iteration],
    ]),
    ...disagreement('samples', [
      [by, timed?.usage?.samples],
      [resources.name, timed?.usage === undefined ? undefined : resources.sampled.samples],
    ]),
    ...(failedWithTime
      ? disagreement('outcome', [
          [by, timed.outcome],
          [`${by} as well`, `a duration of ${timed.boot_duration_ms} ms`],
        ])
      : []),
    ...(timed === undefined ? [] : timesApart([by, timed], [report.name, seen])),
  ]);
}

/** Two boots: a report from before the start, or from long after it. */
function timesApart(
  [by, timed]: readonly [string, ToldMeasurements],
  [name, { timestamp }]: readonly [string, ToldReport],
) {
  const started = timed.boot_timestamp ?? timed.timestamp;
  if (started === null || timestamp === null) return [];
  const unsure = hasZone(started) === hasZone(timestamp) ? slackMs : slackMs + widestZoneMs;
  const apart = epochOf(timestamp) - epochOf(started);
  if (apart >= -unsure - (timed.boot_timestamp === null ? latestReportMs : 0) && apart <= latestReportMs + unsure)
    return [];
  return [
    {
      what: `time (${formatDuration(Math.abs(apart))} apart)`,
      told: [
        [by, started],
        [name, timestamp],
      ] as const,
    },
  ];
}

const hasZone = (time: string): boolean => /(Z|[+-]\d\d:\d\d)$/.test(time);
const epochOf = (time: string): number =>
  Date.parse(hasZone(time) ? time.replace(' ', 'T') : `${time.replace(' ', 'T')}Z`);
