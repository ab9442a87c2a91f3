import type { DiskUse } from '../engine.ts';
import { formatBytes } from '../units/size.ts';
import { textTable } from './text-table.ts';

export function totalBytes(uses: readonly { readonly bytes?: number }[]): number {
  return uses.reduce((sum, use) => sum + (use.bytes ?? 0), 0);
}

/** Largest first. */
export function diskUseTable(uses: readonly DiskUse[]): string {
  const rows = [...uses]
    .sort((a, b) => b.bytes - a.bytes)
    .map((use) => [use.what, use.name, formatBytes(use.bytes), use.usedBy.join(', ') || '-', use.path]);
  const table = textTable(
    [{ title: 'WHAT' }, { title: 'NAME' }, { title: 'SIZE', align: 'right' }, { title: 'USED BY' }, { title: 'PATH' }],
    rows,
  );
  return `${table}total ${formatBytes(totalBytes(uses))}\n`;
}
