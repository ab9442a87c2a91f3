import type { Comparison } from '../comparison.ts';
import type { Fingerprint } from '../fingerprint.ts';
import { compareFingerprints } from '../judging/compare-fingerprints.ts';
import { type MeasuredSeries, type ResultSet, seriesKey } from '../result-set.ts';
import { coursesOf } from './courses.ts';
import { describeHardware, groupOf, hardwareGroups } from './hardware-groups.ts';
import type { History, HistoryFilter, HistoryPoint, HistorySeries } from './history.ts';
import { ascending, medianInterval, medianOf } from './median-interval.ts';

type Identity = Pick<HistorySeries, 'guest' | 'arch' | 'workload' | 'metric' | 'unit' | 'parameters'>;

const keyOf = (of: Identity) => JSON.stringify([of.guest, of.arch, seriesKey(of), of.unit]);

/** Series by guest, architecture, workload, metric and unit; another unit is another series. */
export function makeHistory(
  sets: readonly ResultSet[],
  comparisons: readonly Comparison[],
  filter: HistoryFilter,
): Pick<History, 'series' | 'hardware'> {
  const chosen = sets
    .filter((set) => isWanted(set, filter))
    .sort((a, b) => Date.parse(a.startedAt) - Date.parse(b.startedAt) || (a.runId < b.runId ? -1 : 1));
  const groups = hardwareGroups(chosen.map(({ fingerprint }) => fingerprint));
  const grouped = new Map(chosen.map((set) => [set, groupOf(groups, set.fingerprint)?.name ?? '']));
  const compared = new Map(comparisons.map((comparison) => [comparison.current.runId, comparison]));
  const series = [...identities(chosen, filter).values()]
    .map((identity) => historyOf(identity, grouped, compared))
    .sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return {
    series,
    hardware: groups.map(({ name, first }) => ({ name, description: describeHardware(first) })),
  };
}

function isWanted({ guest, arch, startedAt }: ResultSet, filter: HistoryFilter): boolean {
  const at = Date.parse(startedAt);
  return (
    (filter.guest === undefined || filter.guest === guest) &&
    (filter.arch === undefined || filter.arch === arch) &&
    (filter.since === undefined || at >= Date.parse(filter.since)) &&
    (filter.until === undefined || at <= Date.parse(filter.until))
  );
}

function identities(sets: readonly ResultSet[], filter: HistoryFilter): ReadonlyMap<string, Identity> {
  const found = new Map<string, Identity>();
  for (const { guest, arch, series } of sets)
    for (const { workload, metric, unit, parameters } of series) {
      if (filter.workload !== undefined && filter.workload !== workload) continue;
      if (filter.metric !== undefined && filter.metric !== metric) continue;
      const identity = { guest, arch, workload, metric, unit, parameters };
      found.set(keyOf(identity), identity);
    }
  return found;
}

function historyOf(
  identity: Identity,
  sets: ReadonlyMap<ResultSet, string>,
  compared: ReadonlyMap<string, Comparison>,
): HistorySeries {
  const last = new Map<string, Fingerprint>();
  const key = seriesKey(identity);
  const points = [...sets].flatMap(([set, hardware]): readonly HistoryPoint[] => {
    if (set.guest !== identity.guest || set.arch !== identity.arch) return [];
    const found = set.series.find((series) => series.unit === identity.unit && seriesKey(series) === key);
    const point = pointOf(set, identity, found, hardware, last.get(hardware), compared.get(set.runId));
    if (point !== undefined) last.set(hardware, set.fingerprint);
    return point === undefined ? [] : [point];
  });
  return { ...identity, points, courses: coursesOf(points) };
}

/** undefined: the run was not about this series at all. */
function pointOf(
  set: ResultSet,
  identity: Identity,
  found: MeasuredSeries | undefined,
  hardware: string,
  before: Fingerprint | undefined,
  comparison: Comparison | undefined,
): HistoryPoint | undefined {
  const workloadKey = seriesKey({ ...identity, metric: '' });
  const tried = set.attempts.filter(
    ({ workload, parameters }) => seriesKey({ workload, parameters, metric: '' }) === workloadKey,
  );
  if (found === undefined && (tried.length === 0 || tried.some(({ outcome }) => outcome === 'completed')))
    return undefined;
  const sorted = ascending(found?.values ?? []);
  const median = medianOf(sorted);
  const judged = comparison?.series.find(
    (one) => seriesKey({ ...one, metric: one.definition.metric }) === seriesKey(identity),
  );
  return {
    runId: set.runId,
    ...(set.label === undefined ? {} : { label: set.label }),
    at: set.startedAt,
    ...(set.commit === undefined ? {} : { commit: set.commit }),
    ...(set.tier === undefined ? {} : { tier: set.tier }),
    hardware,
    notes: before === undefined ? [] : changesSince(before, set.fingerprint),
    count: sorted.length,
    failed: tried.filter(({ outcome }) => outcome === 'failed').length,
    timeout: tried.filter(({ outcome }) => outcome === 'timeout').length,
    ...(median === undefined ? {} : { median }),
    ...medianInterval(sorted),
    ...(judged === undefined ? {} : { change: judged.change }),
    ...(comparison === undefined ? {} : { verdict: comparison.verdict }),
  };
}

const changesSince = (before: Fingerprint, now: Fingerprint): readonly string[] =>
  compareFingerprints(before, now, []).notes.map((note) => note.replace(' in the baseline, ', ' before, '));
