import { type ChildProcess, spawn } from 'node:child_process';
import { plistStream } from '../../core/telemetry/powermetrics-stream.ts';

/**
 * One long-running powermetrics, started anew with growing pauses when it ends.
 *
 *     stopped -> running -> (first list dropped) -> lists … -> ended -> pause 1 s, 2 s, 4 s … 60 s -> running
 *
 * The first list of each run covers the time before it, not an interval. A list that comes ends the growth of the
 * pauses. What the tool said last is kept for whoever asks why there is nothing.
 */
export interface PowermetricsProcess {
  /** undefined while it runs well or has not been started. */
  failure(): string | undefined;
  close(): void;
}

export interface PowermetricsProcessOptions {
  readonly intervalMs: number;
  readonly onList: (xml: string) => void;
  /** What runs powermetrics; default: itself for root, through `sudo -n` for others. */
  readonly command?: readonly string[];
  /** Pause after the n-th end in a row, from 0. */
  readonly pauseMs?: (ends: number) => number;
}

const program = '/usr/bin/powermetrics';
const keptWords = 500;
const usualPauseMs = (ends: number) => Math.min(60_000, 1000 * 2 ** ends);

const usualCommand = () => (process.geteuid?.() === 0 ? [program] : ['/usr/bin/sudo', '-n', program]);

export function startPowermetrics(options: PowermetricsProcessOptions): PowermetricsProcess {
  const { intervalMs, onList, command = usualCommand(), pauseMs = usualPauseMs } = options;
  const [tool = program, ...before] = command;
  const args = [...before, '--samplers', 'cpu_power,thermal', '-f', 'plist', '-i', String(intervalMs)];
  let child: ChildProcess | undefined;
  let timer: NodeJS.Timeout | undefined;
  let failure: string | undefined;
  let ends = 0;
  let closed = false;

  function ended(why: string): void {
    child = undefined;
    if (closed) return;
    failure = why;
    timer = setTimeout(run, pauseMs(ends));
    ends += 1;
  }

  function run(): void {
    const started = spawn(tool, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const stream = plistStream();
    let lists = 0;
    let words = '';
    child = started;
    started.stderr.setEncoding('utf8').on('data', (text: string) => {
      words = (words + text).slice(-keptWords);
    });
    started.stdout.setEncoding('utf8').on('data', (text: string) => {
      for (const xml of stream.push(text)) {
        lists += 1;
        if (lists === 1) continue;
        ends = 0;
        failure = undefined;
        onList(xml);
      }
    });
    started.once('error', (error: NodeJS.ErrnoException) => ended(`${tool} cannot be started: ${error.code}`));
    started.once('close', (code, signal) => {
      if (child === started) ended(reasonOf(signal ?? `exit code ${code}`, words.trim()));
    });
  }

  run();
  return {
    failure: () => failure,
    close() {
      closed = true;
      clearTimeout(timer);
      // Below sudo it is not ours to signal; it ends when it writes to a pipe that nobody reads.
      child?.stdout?.destroy();
      child?.stderr?.destroy();
      child?.kill('SIGTERM');
    },
  };
}

const lacksRight = /superuser|password is required|not allowed|not in the sudoers|permission/i;

function reasonOf(end: string, words: string): string {
  const said = words === '' ? '' : `: ${words.replaceAll(/\s+/g, ' ')}`;
  if (!lacksRight.test(words)) return `powermetrics ended with ${end}${said}`;
  return `powermetrics needs root${said}; run the collector as a daemon (sudo sysmonvm host-install), or allow this user that one command in a sudoers file (docs/host-collector.md)`;
}
