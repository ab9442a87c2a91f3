import type { VmConfig } from '../../../core/config/vm-config.ts';
import type { Call } from '../../../core/engine.ts';
import { SysmonvmError } from '../../../core/errors/sysmonvm-error.ts';
import { reportBoot } from '../../../core/measure/workload/boot-metrics.ts';
import { type Collected, collectMetrics } from '../../../core/measure/workload/collect-metrics.ts';
import type { Workload } from '../../../core/measure/workload/workload.ts';
import type { Dependencies } from '../../dependencies.ts';
import { failedAttempt } from './attempt.ts';
import { inMadeVm } from './in-guest.ts';
import type { RunRecord } from './run-record.ts';

/** Each repetition is a cold boot of a VM made for it, while no other of ours runs. */
export async function runBoots(
  deps: Dependencies,
  call: Call,
  record: RunRecord,
  {
    workload,
    config,
    iterations,
  }: { readonly workload: Workload; readonly config: VmConfig; readonly iterations: number },
): Promise<void> {
  const attempt = { workload: workload.id, parameters: {} };
  for (let round = 1 - workload.warmup; round <= iterations; round++) {
    const warmingUp = round < 1;
    try {
      const { metrics } = await boot(deps, call, record, config, workload);
      if (!warmingUp) await record.add({ ...attempt, iteration: round, outcome: 'completed' }, metrics);
    } catch (error) {
      call.signal.throwIfAborted();
      if (!isOutcome(error)) throw error;
      const failed = failedAttempt(error);
      call.report({ kind: 'notice', level: 'warning', text: `${workload.id}: ${failed.message}` });
      await record.add({ ...attempt, iteration: Math.max(1, round), ...failed }, []);
      if (warmingUp) return;
    }
  }
}

/** What a boot comes to. That no VM can be made here (no image, no memory) is no measurement. */
function isOutcome(error: unknown): boolean {
  return error instanceof SysmonvmError && ['guest', 'deadline', 'negative'].includes(error.kind);
}

function boot(
  deps: Dependencies,
  call: Call,
  record: RunRecord,
  config: VmConfig,
  { metrics, timeoutMs }: Workload,
): Promise<Collected> {
  return inMadeVm(deps, call, { config, timeoutMs }, record, async ({ marks }) =>
    collectMetrics(metrics, reportBoot(marks), {}),
  );
}
