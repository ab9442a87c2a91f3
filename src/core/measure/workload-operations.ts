import type { VmConfig } from '../config/vm-config.ts';
import type { Call } from '../operation.ts';
import type { CriterionResult } from './criterion-result.ts';
import type { ResultSet } from './result-set.ts';
import type { MissingResult } from './workload/coverage.ts';
import type { WorkloadChoice } from './workload/select-workloads.ts';
import type { Workload } from './workload/workload.ts';

export interface WorkloadQuery extends WorkloadChoice {
  /** A file, or a folder whose .yaml, .yml and .json files are read; undefined: the workloads that come with us. */
  readonly path?: string;
  readonly profile?: string;
}

/** Where the workloads of guests run: on the host after all, in a VM that is there, or in one made for the run. */
export type WorkloadTarget =
  | { readonly kind: 'host' }
  | { readonly kind: 'vm'; readonly name: string }
  | { readonly kind: 'made'; readonly config: VmConfig };

export interface RunWorkloadsRequest extends WorkloadQuery {
  readonly target: WorkloadTarget;
  readonly outputDir: string;
  /** In place of what each workload says. */
  readonly iterations?: number;
  readonly label?: string;
  readonly commit?: string;
}

export interface WorkloadReport {
  readonly result: ResultSet;
  /** Of the result set; raw outputs lie beside it. */
  readonly path: string;
  readonly criteria: readonly CriterionResult[];
  /** Also of workloads that were not selected: what the tier still owes. */
  readonly missing: readonly MissingResult[];
  /** Every attempt was completed and every criterion is met. */
  readonly passed: boolean;
  /** Tier 1, or no tier, decides; tiers 2 and 3 tell. */
  readonly blocking: boolean;
}

export interface WorkloadOperations {
  /** @throws workload.file-invalid, workload.nothing-selected, workload.unknown-profile */
  list(query: WorkloadQuery, call: Call): Promise<readonly Workload[]>;
  run(request: RunWorkloadsRequest, call: Call): Promise<WorkloadReport>;
}
