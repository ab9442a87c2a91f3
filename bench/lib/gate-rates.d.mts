import type { compareResults } from '../../src/core/measure/judging/compare-results.ts';
import type { repetitionsNeeded } from '../../src/core/measure/statistics/repetitions-needed.ts';
import type { seededRandom } from '../../src/core/measure/statistics/seeded-random.ts';

/** The functions of src, which a bench program gets from a bundle and a test directly. */
export interface Judge {
  readonly compareResults: typeof compareResults;
  readonly repetitionsNeeded: typeof repetitionsNeeded;
  readonly seededRandom: typeof seededRandom;
}
interface Verdicts {
  readonly passed: number;
  readonly regressed: number;
  readonly inconclusive: number;
}
export function gateRates(
  judge: Judge,
  boots: readonly number[],
  options: {
    readonly trials: number;
    readonly seed: number;
    readonly shiftPercent?: number;
    readonly tolerancePercent?: number;
    readonly size?: number;
  },
): { readonly size: number; readonly same: Verdicts; readonly slower: Verdicts };
