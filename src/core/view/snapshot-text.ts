import { formatBytes } from '../units/size.ts';
import type { VmSnapshotFacts } from '../warm-operations.ts';
import { formatTime } from './times.ts';

/** One line: its name, when it was taken, and whether the guest goes on where it was. */
export function snapshotText({ name, createdAt, memory, memoryBytes }: VmSnapshotFacts): string {
  const holds = memory ? `disk and memory, ${formatBytes(memoryBytes ?? 0)}` : 'disk only';
  return `${name}  ${formatTime(createdAt)}  ${holds}`;
}
