import type { CheckerReport } from '../../core/checker-install/operations.ts';
import type { VmPlan } from '../../core/plan/vm-plan.ts';
import type { VmSnapshotFacts } from '../../core/warm-operations.ts';
import type { LineView } from './line-view.ts';
import type { Loaded } from './loaded.ts';

/** What is fetched for the one VM that is shown, beside its snapshot. */
export interface VmDetail {
  readonly vmId: string;
  readonly console: LineView;
  readonly logs: LineView;
  readonly logSource: 'qemu' | 'cloud-init';
  readonly plan: Loaded<VmPlan>;
  readonly snapshots: Loaded<readonly VmSnapshotFacts[]>;
  /** What the checker in the guest told last. */
  readonly metrics: Loaded<CheckerReport>;
}
