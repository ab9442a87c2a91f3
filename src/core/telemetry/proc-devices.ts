/** The texts of `/proc/diskstats`, `/proc/net/dev` and `/proc/net/{tcp,tcp6}`. */
export interface DiskCounters {
  readonly device: string;
  readonly reads: number;
  readonly readsMerged: number;
  readonly readBytes: number;
  readonly readSeconds: number;
  readonly writes: number;
  readonly writesMerged: number;
  readonly writtenBytes: number;
  readonly writeSeconds: number;
  readonly inFlight: number;
  readonly busySeconds: number;
}

/** A sector is 512 bytes here, whatever the device says. https://docs.kernel.org/admin-guide/iostats.html */
const sectorBytes = 512;

/** undefined: fewer columns than there must be, or something else than counts. */
function countsOf(columns: readonly string[], least: number): readonly number[] | undefined {
  if (columns.length < least || !columns.every((column) => /^\d{1,18}$/.test(column))) return undefined;
  return columns.map(Number);
}

/** @param isWholeDevice partitions would count the same bytes twice. */
export function parseDiskstats(text: string, isWholeDevice: (name: string) => boolean): readonly DiskCounters[] {
  return text.split('\n').flatMap((line) => {
    const [, , device = '', ...rest] = line.trim().split(/\s+/);
    const counts = isWholeDevice(device) ? countsOf(rest, 11) : undefined;
    if (counts === undefined) return [];
    const [reads = 0, readsMerged = 0, sectorsRead = 0, readMs = 0, writes = 0, writesMerged = 0, sectorsWritten = 0] =
      counts;
    const [writeMs = 0, inFlight = 0, busyMs = 0] = counts.slice(7);
    return [
      {
        device,
        reads,
        readsMerged,
        readBytes: sectorsRead * sectorBytes,
        readSeconds: readMs / 1000,
        writes,
        writesMerged,
        writtenBytes: sectorsWritten * sectorBytes,
        writeSeconds: writeMs / 1000,
        inFlight,
        busySeconds: busyMs / 1000,
      },
    ];
  });
}

export interface InterfaceCounters {
  readonly name: string;
  readonly receive: DirectionCounters;
  readonly transmit: DirectionCounters;
}

interface DirectionCounters {
  readonly bytes: number;
  readonly packets: number;
  readonly errors: number;
  readonly dropped: number;
}

export function parseNetDev(text: string): readonly InterfaceCounters[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*(\S+?):\s*(\d.*)$/.exec(line);
    const counts = countsOf((match?.[2] ?? '').trim().split(/\s+/), 16);
    if (match?.[1] === undefined || counts === undefined) return [];
    const direction = (from: number): DirectionCounters => {
      const [bytes = 0, packets = 0, errors = 0, dropped = 0] = counts.slice(from);
      return { bytes, packets, errors, dropped };
    };
    return [{ name: match[1], receive: direction(0), transmit: direction(8) }];
  });
}

/** `include/net/tcp_states.h`, in the words of OpenTelemetry. */
const tcpStates: Readonly<Record<string, string>> = {
  '01': 'established',
  '02': 'syn_sent',
  '03': 'syn_received',
  '04': 'fin_wait_1',
  '05': 'fin_wait_2',
  '06': 'time_wait',
  '07': 'closed',
  '08': 'close_wait',
  '09': 'last_ack',
  '0A': 'listen',
  '0B': 'closing',
  '0C': 'syn_received',
};

/** How many sockets are in which state. */
export function countConnections(texts: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const text of texts)
    for (const [, code = ''] of text.matchAll(/^ *\d+: \S+ \S+ ([0-9A-F]{2}) /gm)) {
      const state = tcpStates[code];
      if (state !== undefined) counts.set(state, (counts.get(state) ?? 0) + 1);
    }
  return counts;
}
