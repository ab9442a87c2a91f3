import type { ProcessMemory } from '../ports/process-memory.ts';

/** /proc/PID/smaps_rollup (Linux 4.14 on): what is resident, and what of it is mapped by this process alone. */
export function memoryOfSmaps(text: string): ProcessMemory | undefined {
  const [resident, clean, dirty] = ['Rss', 'Private_Clean', 'Private_Dirty'].map((field) => kibibytes(text, field));
  if (resident === undefined) return undefined;
  if (clean === undefined || dirty === undefined) return { residentBytes: resident };
  return { residentBytes: resident, privateBytes: clean + dirty };
}

/** /proc/PID/smaps_rollup: its proportional share of every page, so that a sum counts shared pages once. */
export function proportionalBytes(text: string): number | undefined {
  return kibibytes(text, 'Pss');
}

/** /proc/PID/status: readable where smaps_rollup is not. */
export function memoryOfStatus(text: string): ProcessMemory | undefined {
  const resident = kibibytes(text, 'VmRSS');
  return resident === undefined ? undefined : { residentBytes: resident };
}

/** `ps -o rss=` of macOS, in KiB. */
export function memoryOfPs(text: string): ProcessMemory | undefined {
  const kib = /^\s*(\d+)\s*$/.exec(text)?.[1];
  return kib === undefined ? undefined : { residentBytes: Number(kib) * 1024 };
}

function kibibytes(text: string, field: string): number | undefined {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
  return kib === undefined ? undefined : Number(kib) * 1024;
}
