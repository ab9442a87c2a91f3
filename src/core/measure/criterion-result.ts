/** A limit of the workload's own, which fails by itself whatever the baseline says. */
export interface CriterionResult {
  readonly workload: string;
  readonly metric: string;
  readonly parameters: Readonly<Record<string, string | number>>;
  readonly profile: string;
  readonly condition: '>=' | '<=' | '>' | '<' | '==';
  readonly threshold: number;
  readonly unit: string;
  /** Absent: nothing was measured, and the criterion is not met. */
  readonly value?: number;
  readonly met: boolean;
}
