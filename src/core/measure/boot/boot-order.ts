import type { CountedBoot } from './boot-series.ts';

export interface PlannedBoot {
  /** Index of the configuration. */
  readonly configuration: number;
  readonly warmup: boolean;
}

/**
 * Rounds in which each configuration is booted once, every other round backwards (A B, B A, …): what drifts while the
 * host is measured hits all of them alike.
 */
export function bootOrder(configurations: number, warmup: number, iterations: number): readonly PlannedBoot[] {
  return Array.from({ length: warmup + iterations }, (_, round) => {
    const forth = Array.from({ length: configurations }, (__, configuration) => ({
      configuration,
      warmup: round < warmup,
    }));
    return round % 2 === 0 ? forth : forth.reverse();
  }).flat();
}

/** What is booted when: decided while it goes on, by the counted boots that were made before. */
export interface BootCourse {
  /** undefined: nothing more. */
  readonly next: (counted: readonly CountedBoot[]) => PlannedBoot | undefined;
  /** Of all boots, as far as they are decided. */
  readonly total: () => number;
  /** The results that are written of it. */
  readonly parts: (counted: readonly CountedBoot[]) => readonly BootPart[];
}

/** Boots that make one result of their own. */
export interface BootPart {
  /** Added to the run id; empty where there is but one. */
  readonly suffix: string;
  readonly label?: string;
  readonly boots: readonly CountedBoot[];
}

/** All decided beforehand, and one result. */
export function fixedCourse(order: readonly PlannedBoot[], label?: string): BootCourse {
  const left = order.values();
  return {
    next: () => left.next().value,
    total: () => order.length,
    parts: (boots) => [{ suffix: '', ...(label === undefined ? {} : { label }), boots }],
  };
}
