/** What /proc/PID/stat says of a process, as far as its identity goes. */
export interface ProcStat {
  readonly pid: number;
  /** One letter; Z and X are dead. */
  readonly state: string;
  readonly parentPid: number;
  /** Field 22, clock ticks since boot; text, because it is only compared. */
  readonly startTime: string;
}

/** The name in field 2 may hold spaces and parentheses, so fields are counted from the last `)`. */
export function parseProcStat(text: string): ProcStat | undefined {
  const nameEnd = text.lastIndexOf(')');
  if (nameEnd < 0) return undefined;
  const pid = Number.parseInt(text, 10);
  const fields = text
    .slice(nameEnd + 1)
    .trim()
    .split(/\s+/);
  const state = fields[0];
  const parentPid = Number(fields[1]);
  const startTime = fields[19];
  if (!Number.isInteger(pid) || state === undefined || !Number.isInteger(parentPid)) return undefined;
  if (startTime === undefined || !/^\d+$/.test(startTime)) return undefined;
  return { pid, state, parentPid, startTime };
}

/** `ps -o state=,lstart= -p PID` of macOS: a state word (Z: zombie), then the start as a date. */
export function parsePsStart(text: string): { readonly state: string; readonly startTime: string } | undefined {
  const match = /^\s*(\S+)\s+(\S.*?)\s*$/m.exec(text);
  if (!match?.[1] || !match[2]) return undefined;
  return { state: match[1].charAt(0), startTime: match[2].replace(/\s+/g, ' ') };
}

export function isDeadState(state: string): boolean {
  return state === 'Z' || state === 'X' || state === 'x';
}
