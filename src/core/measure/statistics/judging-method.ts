/** How certain a judgement is; every comparison carries it. */
export interface JudgingMethod {
  /** Share of intervals that hold the true value, 0…1. */
  readonly confidence: number;
  /** 0…1: chance of even one false alarm, in either direction, among all series of one comparison. */
  readonly alpha: number;
  /** Of the bootstrap, and permutations of the test. */
  readonly resamples: number;
  readonly seed: number;
  /** 0…1: chance that a shift of twice the limit is found at the number of repetitions that is asked for. */
  readonly power: number;
}

export const defaultMethod: JudgingMethod = { confidence: 0.95, alpha: 0.005, resamples: 10_000, seed: 1, power: 0.95 };

/** With fewer values an interval says more about the sample than about what it was drawn from. */
export const leastForInterval = 5;
