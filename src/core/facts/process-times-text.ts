/** Ticks of 1/100 s on every Linux that we run on, whatever the kernel's own timer does. */
const ticksPerSecond = 100;

/** /proc/PID/stat: fields 14 and 15, user and system. The name in field 2 may hold spaces and brackets. */
export function cpuSecondsOfStat(text: string): number | undefined {
  const nameEnd = text.lastIndexOf(')');
  const fields = text.slice(nameEnd + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return nameEnd < 0 || !Number.isFinite(ticks) ? undefined : ticks / ticksPerSecond;
}

/** `ps -o time=` of macOS: minutes, seconds and hundredths (`12:03.45`), from an hour on with hours before them. */
export function cpuSecondsOfPs(text: string): number | undefined {
  const match = /^\s*(?:(\d+):)?(\d+):(\d+(?:\.\d+)?)\s*$/.exec(text);
  if (match === null) return undefined;
  const [, hours = '0', minutes, seconds] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
