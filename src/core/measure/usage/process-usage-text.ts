import { cpuSecondsOfPs } from '../../facts/process-times-text.ts';
import { parsePidStat, residentBytes } from '../../telemetry/proc-pid.ts';
import type { UsageSample } from './usage-record.ts';

export type ProcessUsage = Omit<UsageSample, 'at' | 'monotonicMs'>;

/**
 * /proc/PID/{stat,status,io} read in this order.
 * @param startTime of the process that is meant; the texts of another one with its pid are undefined
 */
export function usageOfProc(stat: string, status: string, io: string, startTime: string): ProcessUsage | undefined {
  const counters = parsePidStat(stat);
  const resident = residentBytes(status);
  if (counters === undefined || String(counters.startTicks) !== startTime || resident === undefined) return undefined;
  const [readBytes, writeBytes] = [bytesOf(io, 'read_bytes'), bytesOf(io, 'write_bytes')];
  return {
    cpuSeconds: counters.userSeconds + counters.systemSeconds,
    residentBytes: resident,
    ...(readBytes === undefined ? {} : { readBytes }),
    ...(writeBytes === undefined ? {} : { writeBytes }),
  };
}

function bytesOf(io: string, field: string): number | undefined {
  const found = new RegExp(`^${field}: (\\d{1,15})$`, 'm').exec(io)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** `ps -o time=,rss=` of macOS, where no file tells what a process reads and writes. */
export function usageOfPs(text: string): ProcessUsage | undefined {
  const match = /^\s*(\S+)\s+(\d+)\s*$/.exec(text);
  const cpuSeconds = cpuSecondsOfPs(match?.[1] ?? '');
  return cpuSeconds === undefined ? undefined : { cpuSeconds, residentBytes: Number(match?.[2]) * 1024 };
}
