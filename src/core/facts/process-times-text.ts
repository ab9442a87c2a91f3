import { parsePidStat } from '../telemetry/proc-pid.ts';

/** /proc/PID/stat: user and system. */
export function cpuSecondsOfStat(text: string): number | undefined {
  const counters = parsePidStat(text);
  return counters && counters.userSeconds + counters.systemSeconds;
}

/** `ps -o time=` of macOS: minutes, seconds and hundredths (`12:03.45`), from an hour on with hours before them. */
export function cpuSecondsOfPs(text: string): number | undefined {
  const match = /^\s*(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)\s*$/.exec(text);
  if (match === null) return undefined;
  const [, hours = '0', minutes, seconds] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
