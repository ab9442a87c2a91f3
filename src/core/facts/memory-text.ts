const mib = 1024 * 1024;

export function memAvailableBytes(meminfo: string): number | undefined {
  const kib = /^MemAvailable:\s+(\d+) kB$/m.exec(meminfo)?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}

/** `vm_stat` of macOS: pages that are free, or given away when someone asks. */
export function vmStatAvailableBytes(text: string): number | undefined {
  const pageSize = Number(/page size of (\d+) bytes/.exec(text)?.[1]);
  const pages = ['free', 'inactive', 'speculative'].map((kind) =>
    Number(new RegExp(`^Pages ${kind}:\\s+(\\d+)`, 'm').exec(text)?.[1]),
  );
  const total = pageSize * pages.reduce((sum, count) => sum + count, 0);
  return Number.isFinite(total) ? total : undefined;
}

export function toMib(bytes: number): number {
  return Math.max(0, Math.floor(bytes / mib));
}

/** arm64 Linux names no model; implementer and part say which core it is. */
export function cpuModelFromCpuinfo(cpuinfo: string): string | undefined {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}\\s*:\\s*(.+)$`, 'm').exec(cpuinfo)?.[1]?.trim();
  const named = field('model name') ?? field('Model');
  if (named !== undefined) return named;
  const implementer = field('CPU implementer');
  const part = field('CPU part');
  if (implementer === undefined || part === undefined) return undefined;
  return `arm64 implementer ${implementer} part ${part} variant ${field('CPU variant') ?? '?'} revision ${field('CPU revision') ?? '?'}`;
}

/** `flags` of x86, `Features` of arm64, sorted: their order means nothing. */
export function cpuFlagsFromCpuinfo(cpuinfo: string): string | undefined {
  const listed = /^(?:flags|Features)\s*:\s*(.+)$/m.exec(cpuinfo)?.[1];
  return listed?.trim().split(/\s+/).sort().join(' ');
}
