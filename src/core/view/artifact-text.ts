import type { MergedBoot, SummarizedHistory } from '../measure/artifact-operations.ts';
import { formatDuration } from '../units/duration.ts';
import { labelledLines } from './text-table.ts';

/** What became one document, and why there is no duration where there is none. */
export function mergedBootText({ path, inputs, bootTime }: MergedBoot): string {
  const { boot_duration_ms: ms, markers, failure, no_duration_reason: reason, usage } = bootTime;
  return labelledLines([
    ['duration', ms === null ? `none: ${failure?.message ?? reason}` : formatDuration(ms)],
    ['markers', String(Object.keys(markers).length)],
    ['samples', String(usage.samples)],
    ['of', Object.values(inputs).join(', ')],
    ['written', path],
  ]);
}

export function summaryText({ path, summary }: SummarizedHistory): string {
  const time = (ms: number | null): string => (ms === null ? 'none' : formatDuration(ms));
  const { run_count, failed_count, timeout_count, other_count, confidence_interval_ms: interval } = summary;
  return labelledLines([
    ['guest', `${summary.guest} (${summary.arch})`],
    [
      'boots',
      `${run_count} completed, ${failed_count} failed, ${timeout_count} timed out, ${other_count} made otherwise`,
    ],
    ['median', `${time(summary.median_ms)}${interval === null ? '' : ` (95 %: ${interval.map(time).join(' … ')})`}`],
    ['mean', time(summary.avg_ms)],
    ['range', run_count === 0 ? 'none' : `${time(summary.min_ms)} … ${time(summary.max_ms)}`],
    ['written', path],
  ]);
}
