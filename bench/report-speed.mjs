#!/usr/bin/env node
/**
 * How long does a report of many runs take? The real commands on files made for it: all reports of a comparison of two
 * sets with N runs each, and a page of N kept result sets; each beside `node -e 0`, the least that a program on Node
 * can take.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeComparison, makeResults } from './lib/many-runs.mjs';
import { comparePairs, interleave } from './lib/pairs.mjs';
import { milliseconds, seconds, table, target, times, withInterval } from './lib/report.mjs';
import { count, pairsDone, runBench } from './lib/run-bench.mjs';
import { program } from './lib/sandbox.mjs';

const about = `Time of the reports

usage: node bench/report-speed.mjs [--runs N] [--pairs N]
  --runs    repetitions of each side of the comparison, and result sets of the history (default 1000)
  --pairs   interleaved pairs for each command (default 5)
targets: every report of 1000 runs in at most 5 s`;

const limitSeconds = 5;

await runBench({
  about,
  options: { runs: { type: 'string', default: '1000' }, pairs: { type: 'string', default: '5' } },
  measure: async (sandbox, values) => {
    const runs = count(values['runs'], 'runs', 10);
    const pairs = count(values['pairs'], 'pairs');
    const at = (/** @type {string[]} */ ...parts) => join(sandbox.root, ...parts);
    const { comparison, baseline, current } = makeComparison(runs);
    for (const [name, content] of Object.entries({ comparison, baseline, current }))
      writeFileSync(at(`${name}.json`), JSON.stringify(content));
    const kept = at('metrics', 'debian-12', 'x86_64', 'results');
    mkdirSync(kept, { recursive: true });
    for (const set of makeResults(runs)) writeFileSync(join(kept, `${set.runId}.json`), JSON.stringify(set));

    /** @param {readonly string[]} args */
    const secondsOf = (args) => {
      const startedAt = performance.now();
      const done = spawnSync(process.execPath, args, { env: sandbox.env, encoding: 'utf8', maxBuffer: 2 ** 28 });
      const taken = (performance.now() - startedAt) / 1000;
      if (done.status !== 0) throw new Error(`${args.join(' ')} ended with ${done.status}: ${done.stderr}`);
      return taken;
    };
    const sides = ['--baseline', at('baseline.json'), '--current', at('current.json')];
    const commands = [
      {
        title: `bench report, 2 x ${runs} runs, 3 formats`,
        args: [program, 'bench', 'report', '--comparison', at('comparison.json'), ...sides, '--out', at('report')],
        made: at('report', 'report.html'),
      },
      {
        title: `bench history, ${runs} result sets`,
        args: [program, 'bench', 'history', '--from', at('metrics')],
      },
      {
        title: `bench history --export, ${runs} result sets`,
        args: [program, 'bench', 'history', '--from', at('metrics'), '--export', at('site')],
        made: at('site', 'index.html'),
      },
    ];
    const results = [];
    for (const { title, args, made } of commands) {
      process.stderr.write(`${title}\n`);
      const measured = await interleave(
        pairs,
        () => secondsOf(args),
        () => secondsOf(['-e', '0']),
        pairsDone(pairs),
      );
      const page = made === undefined ? '-' : `${Math.round(statSync(made).size / 1024)} KiB`;
      results.push({ title, page, ...comparePairs(measured.ours, measured.theirs) });
    }
    console.log(`Measured: ${pairs} interleaved pairs each; medians, paired ratio [95 % interval]`);
    console.log(
      table([
        ['command', 'time', 'node -e 0', 'paired ratio', 'of the limit', 'page'],
        ...results.map(({ title, ours, theirs, ratio, page }) => [
          title,
          seconds(ours),
          milliseconds(theirs),
          withInterval(ratio, times),
          times(ours / limitSeconds),
          page,
        ]),
      ]),
    );
    console.log();
    return results.map(({ title, ours }) => target(title, ours, limitSeconds, seconds)).every(Boolean);
  },
});
