import type { BootMark, MarkName } from '../../vm/vm-state.ts';
import type { ReportedMetric } from './program-output.ts';

const from: MarkName = 'process-started';

/** What `builtin: boot` measures: from the start of QEMU to a mark of the boot, by the clock of the host. */
export const bootMetrics = {
  boot_to_kernel_seconds: { unit: 'seconds', mark: 'kernel' },
  boot_to_login_seconds: { unit: 'seconds', mark: 'ssh-login' },
  boot_to_ready_seconds: { unit: 'seconds', mark: 'ready' },
} as const satisfies Record<string, { readonly unit: string; readonly mark: MarkName }>;

/** A mark that was not seen gives no metric. */
export function reportBoot(marks: readonly BootMark[]): readonly ReportedMetric[] {
  const at = (name: MarkName): number | undefined => marks.find((mark) => mark.name === name)?.at;
  const started = at(from);
  return Object.entries(bootMetrics).flatMap(([name, { unit, mark }]) => {
    const seen = at(mark);
    return started === undefined || seen === undefined ? [] : [{ name, unit, values: [(seen - started) / 1000] }];
  });
}
