import type { Better } from '../metric-definition.ts';
import type { Aggregator } from './aggregate.ts';

export type ParameterValue = string | number;
export type Parameters = Readonly<Record<string, ParameterValue>>;
export type Tier = 1 | 2 | 3;
export type Condition = '>=' | '<=' | '>' | '<' | '==';

export interface WorkloadMetric {
  readonly name: string;
  readonly unit: string;
  /** Absent: the program gives exactly one value. */
  readonly aggregator?: Aggregator;
  readonly better: Better;
  readonly tolerancePercent?: number;
  readonly floor?: number;
  readonly reason?: string;
}

interface Criterion {
  readonly metric: string;
  readonly condition: Condition;
  readonly threshold: number;
  /** Holds only where every one of these parameters has this value. */
  readonly when: Parameters;
}

/** Where a program belongs. Without a VM to run in, `bench run --host` takes all to the host. */
type WorkloadPlace = 'host' | 'guest';

export interface WorkloadProgram {
  readonly kind: 'program';
  readonly where: WorkloadPlace;
  /** A string is one line for sh; of a list no shell sees anything. Absent: an executable with the id beside the file. */
  readonly command?: string | readonly string[];
  /** Lines for sh, before the first and after the last repetition of one combination of parameters. */
  readonly setup?: string;
  readonly teardown?: string;
  /** Paths as the workload file gives them, relative to its folder; each is found under its own name in the folder of the run. */
  readonly files: readonly string[];
  /** Program → the package that brings it. */
  readonly requires: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** Cold boots of VMs made for it, whose totals we observe ourselves. */
export interface BootWorkload {
  readonly kind: 'boot';
}

export interface Workload {
  readonly id: string;
  readonly description: string;
  readonly useCases: readonly string[];
  readonly tiers: readonly Tier[];
  readonly components: readonly string[];
  readonly tags: readonly string[];
  /** Every combination of parameter values, the first parameter changing slowest. */
  readonly combinations: readonly Parameters[];
  readonly metrics: readonly WorkloadMetric[];
  readonly criteria: Readonly<Record<string, readonly Criterion[]>>;
  readonly run: WorkloadProgram | BootWorkload;
  readonly timeoutMs: number;
  readonly repetitions: number;
  readonly warmup: number;
  /** Where it stands. */
  readonly file: string;
  readonly line: number;
}
