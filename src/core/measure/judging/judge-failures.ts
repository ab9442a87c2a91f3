import { type Failures, moreFailuresByChance } from '../statistics/fisher-exact.ts';
import type { MeasuredResult } from './measured-result.ts';
import { workloadTitle } from './value-text.ts';

export interface FailureFindings {
  readonly regressed: readonly string[];
  readonly told: readonly string[];
}

/**
 * What repetitions that were not completed say. A workload that never completes any more has regressed; of a few
 * failures it is asked whether chance brings them; a value is never made of them.
 */
export function judgeFailures(baseline: MeasuredResult, current: MeasuredResult, alpha: number): FailureFindings {
  // One file of one number says nothing about how often.
  if (current.form === 'number') return { regressed: [], told: [] };
  const [before, now] = [countsOf(baseline), countsOf(current)];
  const regressed: string[] = [];
  const told: string[] = [];
  for (const [key, is] of now) {
    const was = before.get(key);
    if (is.failed === 0) continue;
    const words = `${is.title}: ${is.failed} of ${is.total} repetitions were not completed`;
    if (was === undefined || was.failed === was.total) told.push(`${words}; the baseline has none to compare with.`);
    else if (is.failed === is.total)
      regressed.push(`${words}, and ${was.total - was.failed} of ${was.total} in the baseline were: it fails now.`);
    else if (moreFailuresByChance(was, is) < alpha)
      regressed.push(`${words}, in the baseline ${was.failed} of ${was.total}: it fails more often, not slower.`);
    else told.push(`${words}, in the baseline ${was.failed} of ${was.total}: chance can do that.`);
  }
  return { regressed, told };
}

type Counts = Failures & { readonly title: string };

function countsOf({ attempts }: MeasuredResult): ReadonlyMap<string, Counts> {
  const counts = new Map<string, Counts>();
  for (const { workload, parameters, outcome } of attempts) {
    const title = workloadTitle({ workload, parameters });
    const { failed, total } = counts.get(title) ?? { failed: 0, total: 0 };
    counts.set(title, { title, failed: failed + (outcome === 'completed' ? 0 : 1), total: total + 1 });
  }
  return counts;
}
