import type { Removal } from '../engine.ts';
import { formatBytes } from '../units/size.ts';
import { totalBytes } from './disk-use-table.ts';

/** One line a thing, with its path, size and the reason why it goes. */
export function removalText(removals: readonly Removal[]): string {
  return removals
    .map((removal) => {
      const size = removal.bytes === undefined ? '' : ` (${formatBytes(removal.bytes)})`;
      const path = removal.path === undefined || removal.path === removal.what ? '' : ` ${removal.path}`;
      return `  ${removal.what}${path}${size}: ${removal.reason}\n`;
    })
    .join('');
}

/** What a clean-up removed, or would remove, with the sum. */
export function cleanUpText(removals: readonly Removal[], dryRun: boolean): string {
  if (removals.length === 0) return 'Nothing to remove.\n';
  const head = dryRun ? 'Would remove' : 'Removed';
  return `${head} (${formatBytes(totalBytes(removals))}):\n${removalText(removals)}`;
}
