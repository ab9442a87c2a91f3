import { ticksPerSecond } from './proc-stat.ts';

/** The texts of `/proc/PID/stat` and `/proc/PID/status`. https://docs.kernel.org/filesystems/proc.html */
export interface ProcessCounters {
  readonly pid: number;
  readonly command: string;
  /** In OpenTelemetry's words, and where it has none in our own. */
  readonly state: string;
  readonly userSeconds: number;
  readonly systemSeconds: number;
  /** Ticks after boot; with the pid it names one process. */
  readonly startTicks: number;
}

const states: Readonly<Record<string, string>> = {
  R: 'running',
  S: 'sleeping',
  D: 'disk_sleep',
  T: 'stopped',
  t: 'stopped',
  Z: 'defunct',
  I: 'idle',
};

/** A command may hold spaces and brackets: it ends at the last bracket. */
export function parsePidStat(text: string): ProcessCounters | undefined {
  const [open, close] = [text.indexOf(' ('), text.lastIndexOf(') ')];
  if (open < 0 || close < open) return undefined;
  const rest = text.slice(close + 2).split(' ', 20);
  const column = (number: number) => rest[number - 3] ?? '';
  const numbers = [text.slice(0, open), column(14), column(15), column(22)];
  if (!numbers.every((number) => /^\d{1,15}$/.test(number))) return undefined;
  const [pid = 0, user = 0, system = 0, startTicks = 0] = numbers.map(Number);
  return {
    pid,
    command: text.slice(open + 2, close),
    state: states[column(3)] ?? 'unknown',
    userSeconds: user / ticksPerSecond,
    systemSeconds: system / ticksPerSecond,
    startTicks,
  };
}

/** undefined: a thread of the kernel, which has no memory of its own. */
export function residentBytes(status: string): number | undefined {
  const found = /^VmRSS:\s+(\d{1,12}) kB$/m.exec(status)?.[1];
  return found === undefined ? undefined : Number(found) * 1024;
}
