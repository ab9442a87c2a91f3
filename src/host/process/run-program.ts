import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { execa } from 'execa';
import type { UsageDuring } from '../../core/measure/workload/derived-metrics.ts';
import { type ProgramEnd, programOutputLimit, type RunProgram } from '../../core/ports/program-runner.ts';
import { minimalEnvironment } from './process-runner.ts';
import { programScript, programScriptName } from './program-script.ts';
import { extraFolders, searchFolders } from './tool-search.ts';
import { treeMemoryBytes } from './tree-memory.ts';

/** Between TERM and KILL. */
const graceMs = 2000;
/** Of processor times, in seconds: what is shorter is told as 0, which says something only of a long run. */
const tick = 0.01;
/** The first looks are close together, because a program may be short. */
const sampleMs = { first: 10, most: 250 } as const;

export function createRunProgram(env: Readonly<Record<string, string | undefined>>): RunProgram {
  const base = minimalEnvironment(env, searchFolders(env['PATH'], extraFolders(process.platform)));
  return async (request) => {
    request.signal.throwIfAborted();
    const folder = await mkdtemp(join(tmpdir(), 'sysmonvm-times-'));
    try {
      return await runIn(join(folder, 'times'), base, request);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  };
}

async function runIn(
  times: string,
  base: Readonly<Record<string, string>>,
  { command, cwd, env, timeoutMs, signal }: Parameters<RunProgram>[0],
): Promise<ProgramEnd> {
  const started = performance.now();
  const child = execa('/bin/sh', ['-c', programScript, programScriptName, times, ...command], {
    reject: false,
    stdin: 'pipe',
    extendEnv: false,
    env: { ...base, ...env },
    cwd,
    buffer: false,
    detached: true,
    cleanup: false,
  });
  const [stdout, stderr] = [bounded(child.stdout), bounded(child.stderr)];
  // Written by nobody; the program may be gone before we close it.
  child.stdin.on('error', () => undefined);
  const group = (name: 'SIGTERM' | 'SIGKILL'): void => {
    if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    try {
      process.kill(-child.pid, name);
    } catch {
      // It has just ended.
    }
  };
  let timedOut = false;
  let killer: NodeJS.Timeout | undefined;
  const end = (): void => {
    group('SIGTERM');
    killer ??= setTimeout(() => group('SIGKILL'), graceMs);
  };
  const timer = setTimeout(() => {
    timedOut = true;
    end();
  }, timeoutMs);
  signal.addEventListener('abort', end, { once: true });
  const memory = watchMemory(child.pid);
  // What left the group may still hold the output open.
  child.once('exit', () => {
    memory.stop();
    setTimeout(() => {
      child.stdout.destroy();
      child.stderr.destroy();
    }, 200).unref();
  });
  try {
    const result = await child;
    signal.throwIfAborted();
    const wallSeconds = (performance.now() - started) / 1000;
    return {
      stdout: stdout.text(),
      stderr: stderr.text(),
      truncated: stdout.truncated() || stderr.truncated(),
      end: timedOut ? { timedOut } : endOf(result.exitCode, result.signal),
      usage: timedOut ? {} : usageOf(await readFile(times, 'utf8').catch(() => ''), wallSeconds, memory.peak()),
    };
  } finally {
    clearTimeout(timer);
    clearTimeout(killer);
    signal.removeEventListener('abort', end);
  }
}

/** A shell ends with 128+N when signal N ended what it waited for. */
function endOf(code: number | undefined, own: string | undefined): ProgramEnd['end'] {
  const named = Object.entries(constants.signals).find(([, number]) => number === (code ?? 0) - 128)?.[0];
  const signal = own ?? named;
  return signal === undefined ? { exitCode: code ?? 0 } : { signal };
}

function bounded(stream: Readable): { readonly text: () => string; readonly truncated: () => boolean } {
  const parts: Buffer[] = [];
  let [kept, total] = [0, 0];
  stream.on('data', (chunk: Buffer) => {
    total += chunk.length;
    const part = chunk.subarray(0, programOutputLimit - kept);
    kept += part.length;
    if (part.length > 0) parts.push(part);
  });
  return { text: () => Buffer.concat(parts).toString('utf8'), truncated: () => total > kept };
}

function watchMemory(pid: number | undefined): { readonly stop: () => void; readonly peak: () => number | undefined } {
  let peak: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const look = (next: number): void => {
    timer = setTimeout(() => {
      if (stopped || pid === undefined) return;
      const now = treeMemoryBytes(pid);
      if (now !== undefined) peak = Math.max(peak ?? 0, now);
      look(Math.min(sampleMs.most, next * 2));
    }, next);
  };
  look(sampleMs.first);
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
    },
    peak: () => peak,
  };
}

/** `times` of sh: user and system time of the shell, then of what it waited for, as `0m1.234s`. */
function usageOf(times: string, wallSeconds: number, peakBytes: number | undefined): UsageDuring {
  const [user, system] = [...(times.split('\n')[1] ?? '').matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => Number(minutes) * 60 + Number(seconds),
  );
  const used = user === undefined || system === undefined ? undefined : user + system;
  const tooShort = used !== undefined && used < tick && wallSeconds < 100 * tick;
  const cpuPercentAverage =
    used === undefined || tooShort ? undefined : (100 * used) / (wallSeconds * availableParallelism());
  const absent = [
    ...(cpuPercentAverage === undefined
      ? [tooShort ? 'it used less processor time than the kernel tells apart' : 'the shell told no processor times']
      : []),
    ...(peakBytes === undefined
      ? [process.platform === 'linux' ? 'the program ended before its memory was seen' : 'this host has no /proc']
      : []),
  ];
  return {
    ...(cpuPercentAverage === undefined ? {} : { cpuPercentAverage }),
    ...(peakBytes === undefined ? {} : { memoryDeltaMb: peakBytes / 1e6 }),
    ...(absent.length === 0 ? {} : { absent: absent.join('; ') }),
  };
}
