import { formatBytes } from '../units/size.ts';
import type { VmSnapshotFacts } from '../warm-operations.ts';
import { textTable } from './text-table.ts';
import { formatTime } from './times.ts';

/** What `--json` prints of a snapshot. */
export function snapshotDocument({ name, createdAt, memory, memoryBytes }: VmSnapshotFacts) {
  return { name, createdAt: formatTime(createdAt), memory, ...(memoryBytes === undefined ? {} : { memoryBytes }) };
}

export function snapshotTable(snapshots: readonly VmSnapshotFacts[]): string {
  return textTable(
    [{ title: 'NAME' }, { title: 'TAKEN' }, { title: 'MEMORY', align: 'right' }],
    snapshots.map(({ name, createdAt, memoryBytes }) => [
      name,
      formatTime(createdAt),
      memoryBytes === undefined ? 'no' : formatBytes(memoryBytes),
    ]),
  );
}
