import { fail } from '../../errors/sysmonvm-error.ts';
import { type MeasuredSeries, seriesKey } from '../result-set.ts';
import { compareSides } from './compare-sides.ts';
import type { MeasuredResult } from './measured-result.ts';

/**
 * The results of one directory as one. Result sets go before files of one number, of which the summary goes before a
 * single boot. Sets of different hardware are no one result.
 * @throws bench.results-differ
 */
export function joinResults(found: readonly MeasuredResult[], source: string): MeasuredResult | undefined {
  const sets = found
    .filter(({ form }) => form === 'set')
    .sort((a, b) => ((a.side.startedAt ?? '') < (b.side.startedAt ?? '') ? -1 : 1));
  const [first, ...others] = sets;
  if (first === undefined) {
    const numbers = [...found].sort((a, b) => b.attempts.length - a.attempts.length);
    return numbers.find(({ series }) => series.length > 0) ?? numbers[0];
  }
  for (const { side } of others) refuseMixture(first.side, side, source);
  const last = sets
    .map(({ side }) => side.finishedAt ?? '')
    .sort()
    .at(-1);
  return {
    side: { ...first.side, source, ...(last === undefined ? {} : { finishedAt: last }) },
    form: 'set',
    attempts: sets.flatMap(({ attempts }) => attempts),
    series: joinSeries(sets.flatMap(({ series }) => series)),
    criteria: sets.flatMap(({ criteria }) => criteria),
    notes:
      others.length === 0
        ? []
        : [`${source}: ${sets.length} results: ${sets.map(({ side }) => side.runId).join(', ')}`],
  };
}

function refuseMixture(first: MeasuredResult['side'], other: MeasuredResult['side'], source: string): void {
  const [difference] = compareSides(first, other, []).incomparable;
  if (difference === undefined) return;
  const message = `${first.source} and ${other.source} are not one result; ${difference.replace('in the baseline', 'in the first')}.`;
  fail('bench.results-differ', message, {
    details: { directory: source, files: [first.source, other.source], difference },
    next: [`sysmonvm bench compare ${first.source} ${other.source}`],
  });
}

function joinSeries(all: readonly MeasuredSeries[]): readonly MeasuredSeries[] {
  const joined = new Map<string, MeasuredSeries>();
  for (const series of all) {
    const before = joined.get(seriesKey(series));
    joined.set(
      seriesKey(series),
      before === undefined ? series : { ...before, values: [...before.values, ...series.values] },
    );
  }
  return [...joined.values()];
}
