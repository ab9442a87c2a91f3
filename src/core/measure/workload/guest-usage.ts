import type { UsageDuring } from './derived-metrics.ts';

/** Of all processors together: a share of fewer ticks says nothing. */
const leastTicks = 20;

interface Look {
  readonly availableKib?: number;
  /** Ticks since boot. */
  readonly busy: number;
  readonly total: number;
}

/** What the lines of usage-script.ts say. A part that no line tells is absent, never 0. */
export function guestUsage(text: string): UsageDuring {
  const looks = text.split('\n').flatMap((line) => {
    const look = readLook(line);
    return look === undefined ? [] : [look];
  });
  const [first, last] = [looks[0], looks.at(-1)];
  const ticks = first === undefined || last === undefined ? 0 : last.total - first.total;
  const riseKib = greatestFall(looks.flatMap(({ availableKib }) => availableKib ?? []));
  const cpu =
    first === undefined || last === undefined || ticks < leastTicks
      ? undefined
      : (100 * (last.busy - first.busy)) / ticks;
  const memory = riseKib === undefined ? undefined : (riseKib * 1024) / 1e6;
  const absent = [
    ...(cpu === undefined ? ['the guest told no processor times, or too little time passed'] : []),
    ...(memory === undefined ? ['/proc/meminfo of the guest has no MemAvailable'] : []),
  ];
  return {
    ...(cpu === undefined ? {} : { cpuPercentAverage: Math.max(0, cpu) }),
    ...(memory === undefined ? {} : { memoryDeltaMb: memory }),
    ...(absent.length === 0 ? {} : { absent: absent.join('; ') }),
  };
}

/**
 * From any moment to a later one: a guest that is still giving memory back from its boot would hide the need of a
 * program whose beginning alone counted.
 */
function greatestFall(values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  let [most, fall] = [0, 0];
  for (const value of values) {
    most = Math.max(most, value);
    fall = Math.max(fall, most - value);
  }
  return fall;
}

/** `AVAILABLE cpu USER NICE SYSTEM IDLE IOWAIT IRQ SOFTIRQ STEAL …`; what was stolen is not the guest's. */
function readLook(line: string): Look | undefined {
  const [available, name, ...counters] = line.trim().split(/\s+/);
  if (name !== 'cpu' || counters.length < 4 || !counters.every((counter) => /^\d+$/.test(counter))) return undefined;
  const [user = 0, nice = 0, system = 0, idle = 0, wait = 0, interrupt = 0, soft = 0, steal = 0] = counters.map(Number);
  const busy = user + nice + system + interrupt + soft;
  const known = available !== undefined && /^\d+$/.test(available);
  return { busy, total: busy + idle + wait + steal, ...(known ? { availableKib: Number(available) } : {}) };
}
