import type { Removal } from '../engine.ts';
import { formatBytes } from '../units/size.ts';

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
