import { metrics } from '../../core/telemetry/metrics.ts';
import { type ProcessCounters, parsePidStat, residentBytes } from '../../core/telemetry/proc-pid.ts';
import { ticksPerSecond } from '../../core/telemetry/proc-stat.ts';
import type { Reading } from '../../core/telemetry/reading.ts';
import type { Collector } from '../sampler/collector.ts';
import { type Attributes, measured } from './make-reading.ts';
import type { TextSource } from './text-source.ts';

/** Whoever waits for an answer is not kept waiting by thousands of processes. */
const atOnce = 100;

interface Known {
  readonly createdAt: number | undefined;
  readonly seconds: number;
}

interface Candidate {
  readonly process: ProcessCounters;
  readonly known: Known;
  /** CPU time since the last round; since its start for one that was not there yet. */
  readonly used: number;
  /** Seconds over which `used` is known. */
  readonly over: number | undefined;
}

/**
 * Processes by state, and the few that used most CPU time since the last round.
 * @param clock milliseconds that only go forward.
 */
export function processCollector(texts: TextSource, count: number, clock = () => performance.now()): Collector {
  let before: { readonly clock: number; readonly known: ReadonlyMap<string, Known> } | undefined;
  return {
    name: 'processes',
    pace: 'slow',
    async collect(at) {
      const now = clock();
      const processes = await readAll(texts);
      const bootedAt = bootSeconds(texts);
      const elapsed = before === undefined ? undefined : (now - before.clock) / 1000;
      const known = new Map<string, Known>();
      const candidates = processes.map((process): Candidate => {
        const key = `${process.pid}/${process.startTicks}`;
        const last = before?.known.get(key);
        const seconds = process.userSeconds + process.systemSeconds;
        // Kept as it was: the kernel moves the time of its boot when the clock is set.
        const createdAt = last?.createdAt ?? creationTime(process, bootedAt);
        const one = { createdAt, seconds };
        known.set(key, one);
        return { process, known: one, used: seconds - (last?.seconds ?? 0), over: last && elapsed };
      });
      before = { clock: now, known };
      const busiest = candidates
        .filter((candidate) => candidate.known.seconds > 0)
        .toSorted(byWork)
        .slice(0, count);
      return [...byState(processes, at), ...busiest.flatMap((candidate) => ofProcess(texts, candidate, at))];
    },
  };
}

/** Of those that did nothing since the last round, those that have done most in their lives. */
const byWork = (a: Candidate, b: Candidate) =>
  b.used - a.used || b.known.seconds - a.known.seconds || a.process.pid - b.process.pid;

async function readAll(texts: TextSource): Promise<readonly ProcessCounters[]> {
  const pids = texts.list('/proc').filter((name) => /^\d+$/.test(name));
  const processes: ProcessCounters[] = [];
  for (const [index, pid] of pids.entries()) {
    if (index % atOnce === atOnce - 1) await new Promise((resolve) => setImmediate(resolve));
    const process = parsePidStat(texts.read(`/proc/${pid}/stat`) ?? '');
    if (process !== undefined) processes.push(process);
  }
  return processes;
}

function bootSeconds(texts: TextSource): number | undefined {
  const found = /^btime (\d+)$/m.exec(texts.read('/proc/stat') ?? '')?.[1];
  return found === undefined ? undefined : Number(found);
}

/** Epoch milliseconds. */
const creationTime = ({ startTicks }: ProcessCounters, bootedAt: number | undefined) =>
  bootedAt === undefined ? undefined : bootedAt * 1000 + (startTicks * 1000) / ticksPerSecond;

function byState(processes: readonly ProcessCounters[], at: number): readonly Reading[] {
  const make = measured(at, { kind: 'procfs', file: '/proc/PID/stat' });
  const counts = new Map<string, number>();
  for (const { state } of processes) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, number]) => make(metrics.processCount, number, { 'process.state': state }));
}

function ofProcess(texts: TextSource, { process, known, used, over }: Candidate, at: number): readonly Reading[] {
  const directory = `/proc/${process.pid}`;
  const make = measured(at, { kind: 'procfs', file: `${directory}/stat` });
  const attributes: Attributes = {
    'process.pid': process.pid,
    'process.command': process.command,
    ...(known.createdAt === undefined ? {} : { 'process.creation.time': new Date(known.createdAt).toISOString() }),
  };
  const memory = residentBytes(texts.read(`${directory}/status`) ?? '');
  const status = measured(at, { kind: 'procfs', file: `${directory}/status` });
  const time = (mode: string, seconds: number) =>
    make(metrics.processCpuTime, seconds, { ...attributes, 'cpu.mode': mode }, known.createdAt);
  return [
    time('user', process.userSeconds),
    time('system', process.systemSeconds),
    ...(over === undefined || over <= 0
      ? []
      : [make(metrics.processCpuUsage, Math.max(0, used) / over, attributes, at - over * 1000)]),
    ...(memory === undefined ? [] : [{ ...status(metrics.processMemory, memory, attributes), state: process.state }]),
  ];
}
