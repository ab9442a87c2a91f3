import type { ComparedSide, CriterionResult } from '../comparison.ts';
import type { Attempt, MeasuredSeries } from '../result-set.ts';

/** One side of a comparison as it was read, whatever the form of the file. */
export interface MeasuredResult {
  readonly side: ComparedSide;
  /** `number`: a file or an option that tells one time and no repetitions. */
  readonly form: 'set' | 'number';
  readonly attempts: readonly Pick<Attempt, 'workload' | 'parameters' | 'outcome' | 'message'>[];
  readonly series: readonly MeasuredSeries[];
  readonly criteria: readonly CriterionResult[];
  /** What a reader must know of it. */
  readonly notes: readonly string[];
}

export const bootWorkload = 'boot';
export const bootTotal = 'boot_total';
