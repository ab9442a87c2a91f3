/** One line of the guest's own record: epoch seconds, then `cpuN` lines of /proc/stat, all separated by `|`. */
interface Counters {
  readonly at: number;
  /** CPU → [busy, all], in ticks. */
  readonly cpus: ReadonlyMap<number, readonly [number, number]>;
}

/**
 * Records /proc/stat for $1 seconds, five times a second, without a process of its own for each: it must not be what
 * it measures.
 */
export const recordScript = `
exec {never}<> <(:)
end=$((EPOCHSECONDS + $1))
while [ "$EPOCHSECONDS" -lt "$end" ]; do
  at=$EPOCHREALTIME
  mapfile -t lines </proc/stat
  line=$at
  for one in "\${lines[@]}"; do case $one in cpu[0-9]*) line+="|$one" ;; intr*) break ;; esac; done
  echo "$line"
  read -r -t 0.2 -u "$never" || true
done
`;

export function readRecord(text: string): readonly Counters[] {
  return text
    .trim()
    .split('\n')
    .map((line) => {
      const [at = '', ...rows] = line.split('|');
      const cpus = rows.map((row): [number, readonly [number, number]] => {
        const [name = '', ...ticks] = row.split(' ');
        const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] =
          ticks.map(Number);
        const busy = user + nice + system + irq + softirq + steal;
        return [Number(name.slice(3)), [busy, busy + idle + iowait]];
      });
      return { at: Number(at.replace(',', '.')) * 1000, cpus: new Map(cpus) };
    });
}

interface Sample {
  readonly timestamp: string;
  readonly cpus: readonly { readonly core_id: number; readonly usage_percent?: number }[];
}

/** Between the counters that a sample was made of and the time that it carries, in a guest that is emulated and busy. */
const unsureMs = 300;
const shifts = [-unsureMs, 0, unsureMs];

/**
 * Percent busy of a CPU over one and the same window, by the samples of the checker and by /proc/stat: from the first to
 * the last sample that lies inside of the record. The record is interpolated between its lines. `apart` is by how much
 * the two differ whichever way the ends of the window are shifted within what is not sure of them.
 */
export function usageOver(cpu: number, samples: readonly Sample[], record: readonly Counters[]) {
  const inside = samples.filter(({ timestamp }) => {
    const at = Date.parse(timestamp);
    return at - unsureMs >= (record[0]?.at ?? Infinity) && at + unsureMs <= (record.at(-1)?.at ?? -Infinity);
  });
  const times = inside.map(({ timestamp }) => Date.parse(timestamp));
  const [from, to] = [times[0] ?? Number.NaN, times.at(-1) ?? Number.NaN];
  let weighted = 0;
  for (const [index, sample] of inside.entries()) {
    if (index === 0) continue;
    const usage = sample.cpus.find(({ core_id }) => core_id === cpu)?.usage_percent ?? Number.NaN;
    weighted += usage * ((times[index] ?? 0) - (times[index - 1] ?? 0));
  }
  // The mean over time of the usage of short intervals, as the checker's: where a busy host takes ticks away from the
  // guest, the share of all ticks is another number.
  const kernelBetween = (first: number, last: number): number => {
    const between = record.map(({ at }) => at).filter((at) => at > first && at < last);
    const moments = [first, ...between, last];
    const parts = moments.slice(1).flatMap((moment, index) => {
      const before = moments[index] ?? Number.NaN;
      const [start, end] = [countersAt(cpu, record, before), countersAt(cpu, record, moment)];
      const ticks = end[1] - start[1];
      return ticks > 0 ? [{ lasting: moment - before, usage: (100 * (end[0] - start[0])) / ticks }] : [];
    });
    const lasting = parts.reduce((sum, part) => sum + part.lasting, 0);
    return parts.reduce((sum, part) => sum + part.usage * part.lasting, 0) / lasting;
  };
  const possible = shifts.flatMap((first) => shifts.map((last) => kernelBetween(from + first, to + last)));
  const [least, most] = [Math.min(...possible), Math.max(...possible)];
  const checker = weighted / (to - from);
  return {
    checker,
    kernel: kernelBetween(from, to),
    least,
    most,
    apart: Math.max(0, least - checker, checker - most),
    seconds: (to - from) / 1000,
    samples: inside.length,
  };
}

function countersAt(cpu: number, record: readonly Counters[], at: number): readonly [number, number] {
  const after = record.findIndex((one) => one.at >= at);
  const [left, right] = [record[Math.max(0, after - 1)], record[after]];
  const [a, b] = [left?.cpus.get(cpu), right?.cpus.get(cpu)];
  if (!left || !right || !a || !b) return [Number.NaN, Number.NaN];
  const share = right.at === left.at ? 0 : (at - left.at) / (right.at - left.at);
  return [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
}
