#!/usr/bin/env node
/**
 * What does watching QEMU cost? A child with our sampler at ten samples a second, and beside it the same child without
 * a sample, each for the same time; the difference of their whole processor time is what the sampler takes, timers and
 * all. The process watched is a busy one, so that its files have to be made anew each time.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';
import { comparePairs, interleave, median } from './lib/pairs.mjs';
import { milliseconds, table, target, withInterval } from './lib/report.mjs';
import { count, pairsDone, runBench } from './lib/run-bench.mjs';

const about = `Processor time of the sampler of QEMU's process

usage: node bench/sampler.mjs [--pairs N] [--seconds N] [--hertz N]
  --pairs    interleaved pairs (default 5)
  --seconds  of each run (default 10)
  --hertz    samples a second (default 10)
target: at most 1 % of one core`;

const child = `
const [module, pid, startTime, intervalMs, seconds] = process.argv.slice(2);
const { createUsageSampler } = await import(module);
const sampling = Number(intervalMs) > 0
  ? createUsageSampler().start({ pid: Number(pid), startTime, bootId: '' }, { intervalMs: Number(intervalMs), maxSamples: 1e6 })
  : undefined;
setTimeout(async () => {
  const { user, system } = process.cpuUsage();
  const record = await sampling?.stop();
  console.log(JSON.stringify({ cpu: (user + system) / 1e6, samples: record?.samples.length ?? 0, missed: record?.missed ?? 0, own: record?.cost.cpuSeconds ?? 0 }));
}, Number(seconds) * 1000);
`;

await runBench({
  about,
  options: {
    pairs: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '10' },
    hertz: { type: 'string', default: '10' },
  },
  measure: async (sandbox, values) => {
    const [pairs, seconds, hertz] = ['pairs', 'seconds', 'hertz'].map((flag) => count(values[flag], flag));
    const bundle = await rolldown({ input: 'src/host/process/usage-sampler.ts', platform: 'node' });
    await bundle.write({ file: join(sandbox.root, 'sampler.mjs'), format: 'esm', codeSplitting: false });
    await bundle.close();
    const script = join(sandbox.root, 'child.mjs');
    writeFileSync(script, child);
    const busy = spawn(
      process.execPath,
      ['-e', 'setInterval(() => { const end = Date.now() + 40; while (Date.now() < end); }, 50)'],
      {
        stdio: 'ignore',
      },
    );
    try {
      const startTime = readFileSync(`/proc/${busy.pid}/stat`, 'utf8').split(') ')[1].split(' ')[19];
      /** @param {number} intervalMs @returns {Promise<{ cpu: number, samples: number, missed: number, own: number }>} */
      const run = (intervalMs) =>
        new Promise((resolve, reject) => {
          const args = [
            script,
            join(sandbox.root, 'sampler.mjs'),
            String(busy.pid),
            startTime,
            String(intervalMs),
            String(seconds),
          ];
          const done = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
          let text = '';
          done.stdout.on('data', (chunk) => {
            text += chunk;
          });
          done.once('error', reject);
          done.once('close', (code) =>
            code === 0 ? resolve(JSON.parse(text)) : reject(new Error(`ended with ${code}`)),
          );
        });
      /** @type {Awaited<ReturnType<typeof run>>[]} */
      const sampled = [];
      const { ours, theirs } = await interleave(
        pairs,
        async () => {
          const result = await run(1000 / hertz);
          if (result.samples < seconds * hertz * 0.9) throw new Error(`only ${result.samples} samples were taken`);
          sampled.push(result);
          return result.cpu;
        },
        async () => (await run(0)).cpu,
        pairsDone(pairs),
      );
      const compared = comparePairs(ours, theirs);
      const share = compared.difference.median / seconds;
      console.log(
        table([
          ['', 'processor time', ''],
          [`with ${hertz} samples a second for ${seconds} s`, milliseconds(compared.ours), ''],
          ['without', milliseconds(compared.theirs), ''],
          ['difference', withInterval(compared.difference, milliseconds), `${(share * 100).toFixed(2)} % of a core`],
          ['by its own account', milliseconds(median(sampled.map(({ own }) => own))), ''],
          ['missed moments', String(median(sampled.map(({ missed }) => missed))), ''],
        ]),
      );
      return target('share of one core', share * 100, 1, (value) => `${value.toFixed(2)} %`);
    } finally {
      busy.kill();
    }
  },
});
