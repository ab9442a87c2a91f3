import { readFileSync } from 'node:fs';
import { type ProcessUsage, usageOfProc, usageOfPs } from '../../core/measure/usage/process-usage-text.ts';
import type { UsageRecord, UsageSample } from '../../core/measure/usage/usage-record.ts';
import type { ProcessIdentity } from '../../core/ports/process-runner.ts';
import type { UsageSampler } from '../../core/ports/usage-sampler.ts';

type Read = (process: ProcessIdentity) => ProcessUsage | undefined | Promise<ProcessUsage | undefined>;

/**
 * Sample k is due at start + k × interval, however long the ones before took; a moment that passed while we were not
 * let run is counted as missed and not made up for, so that no two samples follow one another at once. On Linux a
 * sample is three small reads without the thread pool.
 */
export function createUsageSampler(
  platform: NodeJS.Platform = process.platform,
  readPs: Read = ofPs,
  procRoot = '/proc',
): UsageSampler {
  const read: Read = platform === 'darwin' ? readPs : (identity) => ofProc(`${procRoot}/${identity.pid}`, identity);
  return {
    start(identity, { intervalMs, maxSamples }) {
      const samples: UsageSample[] = [];
      const startedAt = performance.now();
      let [missed, due, truncated, cpuMicros] = [0, 0, false, 0];
      let timer: NodeJS.Timeout | undefined;
      let over = false;

      const end = (): void => {
        over = true;
        clearTimeout(timer);
      };
      const look = async (): Promise<UsageSample | undefined> => {
        const before = process.cpuUsage();
        const usage = await read(identity);
        const { user, system } = process.cpuUsage(before);
        cpuMicros += user + system;
        return usage && { at: Date.now(), monotonicMs: performance.now(), ...usage };
      };
      const take = async (): Promise<void> => {
        const sample = await look();
        if (over) return;
        if (sample === undefined) return end();
        samples.push(sample);
        if (samples.length >= maxSamples) {
          truncated = true;
          return end();
        }
        const passed = Math.floor((performance.now() - startedAt) / intervalMs);
        missed += Math.max(0, passed - due);
        due = Math.max(due, passed) + 1;
        timer = setTimeout(next, Math.max(0, startedAt + due * intervalMs - performance.now()));
      };
      const next = (): void => {
        void take().catch(end);
      };
      next();
      const conclude = async (): Promise<UsageRecord> => {
        if (!over) {
          end();
          const last = await look();
          if (last !== undefined) samples.push(last);
        }
        const wallSeconds = (performance.now() - startedAt) / 1000;
        return { intervalMs, samples, missed, truncated, cost: { cpuSeconds: cpuMicros / 1e6, wallSeconds } };
      };
      let record: Promise<UsageRecord> | undefined;
      return {
        stop() {
          record ??= conclude();
          return record;
        },
      };
    },
  };
}

function ofProc(directory: string, { startTime }: ProcessIdentity): ProcessUsage | undefined {
  const [stat, status, io] = ['stat', 'status', 'io'].map((name) => readOrNothing(`${directory}/${name}`));
  return usageOfProc(stat ?? '', status ?? '', io ?? '', startTime);
}

/** An ended process has nothing to say; `io` of a process that may not be traced does not open. */
function readOrNothing(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}

async function ofPs({ pid }: ProcessIdentity): Promise<ProcessUsage | undefined> {
  const { execFile } = await import('node:child_process');
  const text = await new Promise<string>((resolve) => {
    execFile('/bin/ps', ['-o', 'time=,rss=', '-p', String(pid)], { env: { LC_ALL: 'C' } }, (error, stdout) =>
      resolve(error ? '' : stdout),
    );
  });
  return usageOfPs(text);
}
