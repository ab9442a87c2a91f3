import { type ChildProcess, spawn } from 'node:child_process';
import { afterEach, expect, it } from 'vitest';
import { usageTotals } from '../../../src/core/measure/usage/usage-totals.ts';
import type { ProcessIdentity } from '../../../src/core/ports/process-runner.ts';
import { createProcessIdentities } from '../../../src/host/process/process-identities.ts';
import { createProcessTimes } from '../../../src/host/process/process-times.ts';
import { createUsageSampler } from '../../../src/host/process/usage-sampler.ts';
import { until } from '../../support/workbench.ts';

const sampler = createUsageSampler('linux');
let child: ChildProcess | undefined;
afterEach(() => child?.kill('SIGKILL'));

async function started(script: string): Promise<ProcessIdentity> {
  child = spawn(process.execPath, ['-e', script], { stdio: 'ignore' });
  const identity = await createProcessIdentities().identify(child.pid ?? 0);
  if (!identity) throw new Error('the process is gone already');
  return identity;
}

it('sees a process at work use a processor and memory, by its identity [M-07] [M-08]', async () => {
  const busy = await started('const b = Buffer.alloc(64 << 20, 1); for (;;) b[0]++;');
  const sampling = sampler.start(busy, { intervalMs: 50, maxSamples: 1000 });
  const times = createProcessTimes(createProcessIdentities(), () => Promise.reject(new Error('no program is needed')));
  const usedBefore = (await times.cpuSeconds(busy)) ?? 0;
  await until('it has worked for a while', async () => ((await times.cpuSeconds(busy)) ?? 0) > usedBefore + 0.5);
  const record = await sampling.stop();
  const [first, last] = [record.samples[0], record.samples.at(-1)];
  expect((last?.cpuSeconds ?? 0) - (first?.cpuSeconds ?? 0)).toBeGreaterThan(0.3);
  expect(usageTotals(record).residentMaxBytes).toBeGreaterThan(64 << 20);
  expect(record.samples.every(({ cpuSeconds }, i) => cpuSeconds >= (record.samples[i - 1]?.cpuSeconds ?? 0))).toBe(
    true,
  );
  expect((await sampling.stop()).samples).toBe(record.samples);
});

it('ends by itself with the process, and takes another one with its pid for nothing', async () => {
  const idle = await started('setInterval(() => undefined, 1000)');
  const stranger = sampler.start({ ...idle, startTime: '1' }, { intervalMs: 10, maxSamples: 10 });
  expect((await stranger.stop()).samples).toEqual([]);
});

it('is bounded, and says so', async () => {
  const idle = await started('setInterval(() => undefined, 1000)');
  const sampling = sampler.start(idle, { intervalMs: 1, maxSamples: 1 });
  // The first sample is taken at once.
  await new Promise((resolve) => setImmediate(resolve));
  expect(await sampling.stop()).toMatchObject({ truncated: true });
  expect((await sampling.stop()).samples).toHaveLength(1);
});
