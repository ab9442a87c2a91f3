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

/**
 * Percent busy of a CPU over one and the same window, by the samples of the checker and by /proc/stat: from the first to
 * the last sample that lies inside of the record. The record is interpolated between its lines.
 */
export function usageOver(cpu: number, samples: readonly Sample[], record: readonly Counters[]) {
  const inside = samples.filter(({ timestamp }) => {
    const at = Date.parse(timestamp);
    return at >= (record[0]?.at ?? Infinity) && at <= (record.at(-1)?.at ?? -Infinity);
  });
  const times = inside.map(({ timestamp }) => Date.parse(timestamp));
  const [from, to] = [times[0] ?? Number.NaN, times.at(-1) ?? Number.NaN];
  let weighted = 0;
  for (const [index, sample] of inside.entries()) {
    if (index === 0) continue;
    const usage = sample.cpus.find(({ core_id }) => core_id === cpu)?.usage_percent ?? Number.NaN;
    weighted += usage * ((times[index] ?? 0) - (times[index - 1] ?? 0));
  }
  const [start, end] = [countersAt(cpu, record, from), countersAt(cpu, record, to)];
  return {
    checker: weighted / (to - from),
    kernel: (100 * (end[0] - start[0])) / (end[1] - start[1]),
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
