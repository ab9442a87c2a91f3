import type { FailurePattern, MarkerTable } from './marker-table.ts';

/** What the firmware of a PC says before it stands still for ever, whatever was to be booted. */
const firmwareFailures: readonly FailurePattern[] = [
  { pattern: '^No bootable device\\.', what: 'the firmware found nothing to boot' },
];

export function withFirmwareFailures(table: MarkerTable): MarkerTable {
  return { ...table, failure: [...table.failure, ...firmwareFailures] };
}
