import type { CheckerReport } from '../../core/checker-install/operations.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { LineView } from './line-view.ts';
import type { Loaded } from './loaded.ts';

/** What is fetched for the one VM that is shown, beside its snapshot. */
export interface VmDetail {
  readonly vmId: string;
  readonly console: LineView;
  readonly logs: LineView;
  readonly plan: Loaded<VmPlan>;
  /** What the checker in the guest told last. */
  readonly metrics: Loaded<CheckerReport>;
}
