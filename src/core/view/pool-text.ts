import { formatDuration } from '../units/duration.ts';
import { formatBytes } from '../units/size.ts';
import type { PoolFacts, PoolMember } from '../warm-operations.ts';
import type { PoolDocument } from '../wire/pool-documents.ts';
import { textTable } from './text-table.ts';
import { formatTime } from './times.ts';

/** What `--json` prints of a pool. */
export function poolDocument({ template, size, ttlMs, members, filledBy }: PoolFacts): PoolDocument {
  return {
    template,
    size,
    ready: members.filter(({ state }) => state === 'ready').length,
    ttlMs,
    ...(filledBy ? { filledBy: { pid: filledBy.pid } } : {}),
    members: members.map(({ vm, vmId, state, pid, expiresAt, memory }) => ({
      vm,
      id: vmId,
      state,
      expiresAt: formatTime(expiresAt),
      ...(pid === undefined ? {} : { pid }),
      ...(memory ? { memory: { ...memory } } : {}),
    })),
  };
}

export function poolTable(pools: readonly PoolFacts[]): string {
  const rows = pools.map(({ template, size, ttlMs, members, filledBy }) => [
    template,
    `${members.filter(({ state }) => state === 'ready').length} of ${size}`,
    formatDuration(ttlMs),
    sumOf(members, 'residentBytes'),
    sumOf(members, 'privateBytes'),
    filledBy ? `process ${filledBy.pid}` : '-',
  ]);
  const columns = [
    { title: 'TEMPLATE' },
    { title: 'READY' },
    { title: 'TTL' },
    { title: 'RSS', align: 'right' },
    { title: 'PRIVATE', align: 'right' },
    { title: 'FILLED BY' },
  ] as const;
  return textTable(columns, rows);
}

/** Unknown when it is unknown of one. */
function sumOf(members: readonly PoolMember[], key: 'residentBytes' | 'privateBytes'): string {
  let sum = 0;
  for (const { pid, memory } of members) {
    if (pid === undefined) continue;
    const bytes = memory?.[key];
    if (bytes === undefined) return '-';
    sum += bytes;
  }
  return formatBytes(sum);
}
