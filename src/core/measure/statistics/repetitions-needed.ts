import { probit } from 'simple-statistics';
import { intervalReach } from './interval-tail.ts';
import { leastForInterval } from './judging-method.ts';
import { rehearse, type Search } from './rehearse.ts';
import { sortedValues } from './sorted-values.ts';
import { trimmedSpread } from './trimmed-mean.ts';

/** What a judgement has to reach at the number that is asked for. */
interface Aim {
  readonly found: number;
  readonly clear: number;
}

/** The pilot's spread is itself a guess; the promised power is kept when it was guessed a little low. */
const sparedMisses = 0.4;
/** Of comparisons of a thing with itself, what may end without a clear answer. */
const unclearShare = 0.0025;
const most = 100_000;
/** From here on the formulas are as good as a rehearsal, which would take seconds. */
const rehearsedUpTo = 120;

/**
 * Repetitions a side at which the shift is found with the power of the method and its absence is seen; undefined: no
 * number does. The formulas for large samples give the start. They do not know how a skewed sample, or one with
 * outliers, behaves at twelve values, so from there on the judgement is rehearsed with samples drawn from the pilot.
 */
export function repetitionsNeeded(search: Search): number | undefined {
  const { shift, limit, together, method } = search;
  const aim = { found: 1 - (1 - method.power) * sparedMisses, clear: 1 - unclearShare / together };
  const formula = leastWhere(leastForInterval, most, enoughByFormula(search, aim));
  if (shift <= limit || formula === undefined || formula > rehearsedUpTo) return shift <= limit ? undefined : formula;
  const rehearsed = (size: number): boolean => {
    const { found, clear } = rehearse(search, size);
    return found >= aim.found && clear >= aim.clear;
  };
  let [failed, size] = [leastForInterval - 1, Math.max(leastForInterval, Math.floor(formula * 0.7))];
  while (size <= rehearsedUpTo && !rehearsed(size)) {
    failed = size;
    size = Math.ceil(size * 1.15);
  }
  if (size > rehearsedUpTo) return Math.max(size, formula);
  return leastWhere(failed + 1, size, rehearsed) ?? size;
}

/** The least whole number in a range for which something holds that holds for all greater ones. */
function leastWhere(from: number, to: number, holds: (size: number) => boolean): number | undefined {
  if (!holds(to)) return undefined;
  let [low, high] = [from - 1, to];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (holds(middle)) high = middle;
    else low = middle;
  }
  return high;
}

function enoughByFormula({ residuals, shift, limit, together, method }: Search, aim: Aim): (size: number) => boolean {
  const spread = trimmedSpread(sortedValues(residuals));
  const [certain, found, clear] = [1 - method.alpha / 2 / together, aim.found, aim.clear].map((share) => probit(share));
  return (size) => {
    const error = spread * Math.sqrt(2 / size);
    return (
      shift >= ((certain ?? 0) + (found ?? 0)) * error &&
      shift - limit >= (found ?? 0) * error &&
      shift >= (intervalReach(method.confidence, [size, size]) + (clear ?? 0)) * error
    );
  };
}
