import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Frequency } from '../../core/telemetry/cpu-frequency.ts';
import type { MachineKind } from '../../core/telemetry/machine-kind.ts';
import { type CycleCount, parsePerfLine } from '../../core/telemetry/perf-cycles.ts';
import { parsePidStat } from '../../core/telemetry/proc-pid.ts';
import { parseProcStat } from '../../core/telemetry/proc-stat.ts';
import { createCycleWindows } from './cycle-windows.ts';
import type { CycleSource } from './frequency-collector.ts';
import type { TextSource } from './text-source.ts';

/** Below that perf itself warns of what it costs. */
const leastIntervalMs = 100;
const firstPauseMs = 1000;
const longestPauseMs = 300_000;

export interface PerfOptions {
  readonly intervalMs: number;
  readonly machine: MachineKind;
  /** The program; a test may take another. */
  readonly perf?: string;
  readonly firstPauseMs?: number;
}

/**
 * One `perf stat` that runs on and prints a line for each CPU at each interval; /proc/stat is read when the lines come.
 *
 *     idle -> running -> ended -> (pause, twice as long each time) -> running
 *                     -> given up: this machine has no such event
 *
 * It starts when it is first asked. What it said last counts for three intervals.
 */
export function perfCyclesSource(texts: TextSource, options: PerfOptions): CycleSource {
  const { machine, perf = 'perf' } = options;
  const intervalMs = Math.max(leastIntervalMs, options.intervalMs);
  const windows = createCycleWindows(machine, intervalMs);
  let state: 'idle' | 'running' | 'ended' | 'given-up' | 'closed' = 'idle';
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let pauseMs = options.firstPauseMs ?? firstPauseMs;
  let heardAt = Number.NEGATIVE_INFINITY;
  const spent = { before: 0, now: 0, seen: false };

  function take(counts: readonly CycleCount[]): void {
    const neverHeard = heardAt === Number.NEGATIVE_INFINITY;
    if (neverHeard && counts.every(({ cycles }) => cycles === undefined)) {
      state = 'given-up';
      child?.kill('SIGTERM');
      return;
    }
    heardAt = performance.now();
    pauseMs = options.firstPauseMs ?? firstPauseMs;
    const stat = parseProcStat(texts.read('/proc/stat') ?? '');
    if (stat !== undefined) windows.add(counts, stat.cpus);
  }

  function start(): void {
    state = 'running';
    spent.before += spent.now;
    spent.now = 0;
    windows.begin();
    const args = ['stat', '-I', String(intervalMs), '-x,', '-a', '-A', '-e', 'cycles'];
    const env = { ...process.env, LC_ALL: 'C' };
    const running = spawn(perf, args, { env, stdio: ['ignore', 'ignore', 'pipe'] });
    child = running;
    const ended = () => {
      if (child !== running || state !== 'running') return;
      state = 'ended';
      timer = setTimeout(start, pauseMs).unref();
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    };
    running.once('error', ended);
    running.once('exit', ended);
    if (running.stderr !== null) gatherIntervals(running.stderr, take);
  }

  return {
    latest() {
      if (state === 'idle') start();
      const isStale = performance.now() - heardAt > 3 * intervalMs;
      return isStale ? new Map<number, Frequency>() : windows.frequencies();
    },
    cpuSeconds() {
      const stat = state === 'running' ? parsePidStat(texts.read(`/proc/${child?.pid}/stat`) ?? '') : undefined;
      if (stat !== undefined) {
        spent.now = stat.userSeconds + stat.systemSeconds;
        spent.seen = true;
      }
      return spent.seen ? spent.before + spent.now : undefined;
    },
    close() {
      state = 'closed';
      clearTimeout(timer);
      child?.kill('SIGTERM');
    },
  };
}

/** perf prints the lines of one interval together: what has come in one turn of the event loop belongs together. */
function gatherIntervals(stream: NodeJS.ReadableStream, take: (counts: readonly CycleCount[]) => void): void {
  let gathered: CycleCount[] = [];
  const flush = () => {
    const counts = gathered;
    gathered = [];
    if (counts.length > 0) take(counts);
  };
  createInterface({ input: stream }).on('line', (line) => {
    const count = parsePerfLine(line);
    if (count === undefined) return;
    if (gathered.length === 0) setImmediate(flush);
    else if (gathered[0]?.atSeconds !== count.atSeconds) flush();
    gathered.push(count);
  });
}
