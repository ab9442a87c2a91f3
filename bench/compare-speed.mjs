#!/usr/bin/env node
/** How long does it take to compare two sets of 1,000 samples, beside a Node that does nothing? */
import { execFileSync } from 'node:child_process';
import { madeBoots } from './lib/boot-samples.mjs';
import { bundleJudge } from './lib/bundle-judge.mjs';
import { median } from './lib/pairs.mjs';
import { milliseconds, table, target, times } from './lib/report.mjs';
import { count, runBench } from './lib/run-bench.mjs';

const limitSeconds = 2;
const about = `comparing two sets of samples

usage: node bench/compare-speed.mjs [--samples N] [--rounds N]
  --samples  on each side (default 1000)
  --rounds   default 5
target: less than ${limitSeconds} s`;

await runBench({
  about,
  options: { samples: { type: 'string', default: '1000' }, rounds: { type: 'string', default: '5' } },
  measure: async (_sandbox, values) => {
    const size = count(values['samples'], 'samples', 5);
    const rounds = count(values['rounds'], 'rounds');
    const judge = await bundleJudge();
    const random = judge.seededRandom(1, 'speed');
    const side = (/** @type {string} */ name) => ({
      side: { schemaVersion: /** @type {const} */ (1), runId: name, source: name },
      form: /** @type {const} */ ('set'),
      attempts: [],
      criteria: [],
      notes: [],
      series: [
        { workload: 'boot', metric: 'boot_total', unit: 'ms', parameters: {}, values: madeBoots(random, size, 0.3) },
      ],
    });
    const [a, b] = [side('a'), side('b')];
    const wishes = { tolerancePercentOf: {}, betterOf: {}, accept: [] };
    const ours = timedRounds(rounds, () => judge.compareResults(a, b, wishes));
    const idle = timedRounds(rounds, () => execFileSync(process.execPath, ['-e', '0']));
    console.log(
      table([
        [`${size} samples a side`, 'median'],
        ['compare', milliseconds(ours)],
        ['node -e 0', milliseconds(idle)],
        ['ratio', times(ours / idle)],
      ]),
    );
    return target(`share of ${limitSeconds} s`, ours / limitSeconds, 1, times);
  },
});

/** Seconds, the median of all rounds. @param {number} rounds @param {() => unknown} action */
function timedRounds(rounds, action) {
  return median(
    Array.from({ length: rounds }, () => {
      const startedAt = performance.now();
      action();
      return (performance.now() - startedAt) / 1000;
    }),
  );
}
